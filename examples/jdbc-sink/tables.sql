-- The example's tables at the sink, with the source's types, for a sink that would make them differently. Run by cdc_sink at every
-- start: so it must be repeatable. No foreign keys: a sink does not write the tables in the order in which they refer to each other.

CREATE TABLE IF NOT EXISTS customers (
    id          uuid        PRIMARY KEY,
    external_id text        NOT NULL,
    email       text        NOT NULL,
    full_name   text        NOT NULL,
    status      text        NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     bigint      NOT NULL,
    deleted_at  timestamptz
);

CREATE TABLE IF NOT EXISTS orders (
    id          uuid          PRIMARY KEY,
    external_id text          NOT NULL,
    customer_id uuid          NOT NULL,
    status      text          NOT NULL,
    currency    char(3)       NOT NULL,
    total       numeric(10,2) NOT NULL,
    created_at  timestamptz   NOT NULL,
    updated_at  timestamptz   NOT NULL,
    version     bigint        NOT NULL,
    deleted_at  timestamptz
);

CREATE TABLE IF NOT EXISTS order_items (
    id          uuid          PRIMARY KEY,
    order_id    uuid          NOT NULL,
    sku         text          NOT NULL,
    quantity    integer       NOT NULL,
    unit_price  numeric(10,2) NOT NULL,
    created_at  timestamptz   NOT NULL,
    updated_at  timestamptz   NOT NULL,
    version     bigint        NOT NULL
);
