-- The table through which the connector is told to read tables again beside the stream: see docs/operations.md. Run once at the
-- source, in the captured database, as the owner of the captured tables. For PostgreSQL 16 and later.

CREATE TABLE public.cdc_signal (id text PRIMARY KEY, type text NOT NULL, data text);
ALTER PUBLICATION cdc_publication ADD TABLE public.cdc_signal;
GRANT SELECT, INSERT, DELETE ON public.cdc_signal TO cdc_replicator;

-- The connector writes a mark, reads rows, and takes for newer than those only what the stream brings behind the mark. But
-- PostgreSQL logs a commit before anybody sees it: a change in front of the mark may be invisible to the reading, and the older
-- row that was read is then sent last. Locks are given back when their transaction is visible, so the mark waits for whoever
-- is writing the tables. Those that come meanwhile wait for the mark no longer than 50 ms at a time.
CREATE FUNCTION public.cdc_signal_wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
    captured text;
BEGIN
    FOR captured IN
        SELECT DISTINCT format('%I.%I', p.schemaname, p.tablename)
        FROM public.cdc_signal s, json_array_elements_text(s.data::json -> 'data-collections') c, pg_publication_tables p
        WHERE s.type = 'execute-snapshot' AND s.data IS JSON AND p.pubname = 'cdc_publication'
          AND p.schemaname || '.' || p.tablename ~ ('^(' || c || ')$')
        ORDER BY 1
    LOOP
        LOOP
            BEGIN
                EXECUTE format('LOCK TABLE %s IN SHARE MODE', captured);
                EXIT;
            EXCEPTION WHEN lock_not_available THEN
                PERFORM pg_sleep(0.05);
            END;
        END LOOP;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER cdc_signal_wait BEFORE INSERT ON public.cdc_signal
    FOR EACH ROW WHEN (NEW.type = 'snapshot-window-open') EXECUTE FUNCTION public.cdc_signal_wait();
