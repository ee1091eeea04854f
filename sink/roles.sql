-- Roles of the sink. Run by a superuser, inside the sink database; may be run again at any time.
-- Passwords are not set here: whoever deploys sets them with ALTER ROLE afterwards.
--
--   cdc_sink      the sink-consumer: creates and owns the sink's tables and its bookkeeping schema
--   cdc_verifier  reads everything, tables and schemas that do not exist yet included
--
-- There is no table in this file: the sink-consumer derives the tables from the events.

DO $$
DECLARE
    wanted CONSTANT jsonb := '{"cdc_sink": 40, "cdc_verifier": 40}';
    role_name text;
    connections text;
BEGIN
    FOR role_name, connections IN SELECT * FROM jsonb_each_text(wanted) LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I', role_name);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION CONNECTION LIMIT %s',
            role_name,
            connections);
    END LOOP;

    EXECUTE format('GRANT CREATE ON DATABASE %I TO cdc_sink', current_database());
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO cdc_sink;
GRANT pg_read_all_data TO cdc_verifier;
