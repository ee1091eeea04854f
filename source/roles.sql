-- Roles of the source. Run by a superuser, inside the captured database; may be run again at any time.
-- Passwords are not set here: whoever deploys sets them with ALTER ROLE afterwards.
--
--   cdc_owner       owns the tables and the publication; makes schema changes
--   cdc_replicator  Debezium: replication, reads the captured tables, writes the heartbeat
--   cdc_loader      the application: reads and writes business rows
--   cdc_verifier    reads; its fence, pg_logical_emit_message, needs no right on any table
--
-- Rights on tables are given by the tables' owner, in schema.sql.

DO $$
DECLARE
    -- Each limit leaves room for one instance that dies and its successor, and for a person with a shell.
    wanted CONSTANT jsonb := '{"cdc_owner": 20, "cdc_replicator": 20, "cdc_loader": 40, "cdc_verifier": 40}';
    role_name text;
    connections text;
BEGIN
    FOR role_name, connections IN SELECT * FROM jsonb_each_text(wanted) LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I', role_name);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS %s CONNECTION LIMIT %s',
            role_name,
            CASE role_name WHEN 'cdc_replicator' THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
            connections);
    END LOOP;

    -- CREATE on the database is what CREATE PUBLICATION asks for, beside owning the tables.
    EXECUTE format('GRANT CREATE ON DATABASE %I TO cdc_owner', current_database());
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO cdc_owner;
GRANT USAGE ON SCHEMA public TO cdc_replicator, cdc_loader, cdc_verifier;
