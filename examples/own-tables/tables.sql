-- Tables of one's own, beside the example's. Run by cdc_owner in one transaction, at every start: so it must be repeatable.

CREATE SCHEMA IF NOT EXISTS billing;

CREATE TABLE IF NOT EXISTS billing.invoices (
    number    text          PRIMARY KEY,
    customer  text          NOT NULL,
    amount    numeric(12,2) NOT NULL,
    lines     jsonb         NOT NULL DEFAULT '[]',
    issued_on date          NOT NULL DEFAULT current_date,
    paid_at   timestamptz
);

CREATE TABLE IF NOT EXISTS billing.payments (
    invoice_number text          NOT NULL REFERENCES billing.invoices (number) ON DELETE CASCADE,
    part           integer       NOT NULL,
    amount         numeric(12,2) NOT NULL,
    PRIMARY KEY (invoice_number, part)
);

-- The publication decides what is captured.
DO $$
DECLARE
    captured name;
BEGIN
    FOREACH captured IN ARRAY ARRAY['invoices', 'payments'] LOOP
        IF NOT EXISTS (
            SELECT FROM pg_publication_tables
            WHERE pubname = 'cdc_publication' AND schemaname = 'billing' AND tablename = captured
        ) THEN
            EXECUTE format('ALTER PUBLICATION cdc_publication ADD TABLE billing.%I', captured);
        END IF;
    END LOOP;
END
$$;

-- Debezium reads for its snapshot, the verifier compares, and cdc_loader is the application (make source-shell).
GRANT USAGE ON SCHEMA billing TO cdc_replicator, cdc_verifier, cdc_loader;
GRANT SELECT ON ALL TABLES IN SCHEMA billing TO cdc_replicator, cdc_verifier;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA billing TO cdc_loader;
