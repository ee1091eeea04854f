-- Tables, triggers, publication and rights of the source. Run by cdc_owner; may be run again at any time, also on a
-- database whose tables have gained columns since: nothing that exists is altered or dropped.

CREATE TABLE IF NOT EXISTS customers (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    external_id text        NOT NULL UNIQUE,
    email       text        NOT NULL,
    full_name   text        NOT NULL,
    status      text        NOT NULL DEFAULT 'active',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    version     bigint      NOT NULL DEFAULT 1,
    deleted_at  timestamptz
);

CREATE TABLE IF NOT EXISTS orders (
    id          uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    external_id text          NOT NULL UNIQUE,
    customer_id uuid          NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    status      text          NOT NULL DEFAULT 'pending'
                CHECK (status IN ('pending', 'paid', 'shipped', 'delivered', 'cancelled')),
    currency    char(3)       NOT NULL DEFAULT 'EUR',
    total       numeric(10,2) NOT NULL DEFAULT 0 CHECK (total >= 0),
    created_at  timestamptz   NOT NULL DEFAULT now(),
    updated_at  timestamptz   NOT NULL DEFAULT now(),
    version     bigint        NOT NULL DEFAULT 1,
    deleted_at  timestamptz
);

CREATE TABLE IF NOT EXISTS order_items (
    id          uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id    uuid          NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    sku         text          NOT NULL,
    quantity    integer       NOT NULL CHECK (quantity > 0),
    unit_price  numeric(10,2) NOT NULL CHECK (unit_price >= 0),
    created_at  timestamptz   NOT NULL DEFAULT now(),
    updated_at  timestamptz   NOT NULL DEFAULT now(),
    version     bigint        NOT NULL DEFAULT 1
);

-- Debezium writes here so that its slot moves on while the business tables are quiet.
CREATE TABLE IF NOT EXISTS cdc_heartbeat (
    id      integer     PRIMARY KEY,
    beat_at timestamptz NOT NULL
);

-- A cascade looks rows up by these columns; without an index each delete would read the whole child table.
CREATE INDEX IF NOT EXISTS orders_customer_id ON orders (customer_id);
CREATE INDEX IF NOT EXISTS order_items_order_id ON order_items (order_id);

-- version counts the writes of a row, updated_at says when the last one was; writers cannot forge either.
-- created_at is business time and stays as given, so that history can be backfilled.
CREATE OR REPLACE FUNCTION keep_row_version() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.version := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.version + 1 END;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;

DO $$
DECLARE
    table_name name;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['customers', 'orders', 'order_items'] LOOP
        -- Only where it is missing: to replace a trigger would wait for every writer of the table.
        IF NOT EXISTS (
            SELECT FROM pg_trigger
            WHERE tgrelid = format('public.%I', table_name)::regclass AND tgname = 'keep_row_version'
        ) THEN
            EXECUTE format(
                'CREATE TRIGGER keep_row_version BEFORE INSERT OR UPDATE ON public.%I '
                'FOR EACH ROW EXECUTE FUNCTION public.keep_row_version()',
                table_name);
        END IF;
    END LOOP;
END
$$;

DO $$
DECLARE
    captured name;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'cdc_publication') THEN
        CREATE PUBLICATION cdc_publication
            FOR TABLE public.customers, public.orders, public.order_items, public.cdc_heartbeat;
    END IF;
    FOREACH captured IN ARRAY ARRAY['customers', 'orders', 'order_items', 'cdc_heartbeat'] LOOP
        IF NOT EXISTS (
            SELECT FROM pg_publication_tables
            WHERE pubname = 'cdc_publication' AND schemaname = 'public' AND tablename = captured
        ) THEN
            EXECUTE format('ALTER PUBLICATION cdc_publication ADD TABLE public.%I', captured);
        END IF;
    END LOOP;
END
$$;

GRANT SELECT ON customers, orders, order_items, cdc_heartbeat TO cdc_replicator;
GRANT INSERT, UPDATE ON cdc_heartbeat TO cdc_replicator;

GRANT SELECT, INSERT, UPDATE, DELETE ON customers, orders, order_items TO cdc_loader;

GRANT SELECT ON customers, orders, order_items, cdc_heartbeat TO cdc_verifier;
-- A table that is created later is compared as soon as it is captured.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO cdc_verifier;
