package dev.failureaware.cdc.benchmarks;

import dev.failureaware.cdc.stack.Running;
import dev.failureaware.cdc.stack.Workbench;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One table in each of two servers, equal but for a known number of rows. */
final class ComparedTables {
    static final String TABLE = "public.orders";
    private static final String DATABASE = "postgres";
    private static final String CREATE = """
            CREATE TABLE public.orders (
                id uuid PRIMARY KEY, customer bigint NOT NULL, status text NOT NULL, amount numeric(12,2), quantity int,
                note varchar(200), created timestamptz NOT NULL, updated timestamptz)""";

    /** Random keys, as uuids are; nulls here and there. */
    private static final String FILL = """
            INSERT INTO public.orders
            SELECT md5(i::text)::uuid, i %% 100000, (ARRAY['new', 'paid', 'sent', 'done'])[i %% 4 + 1],
                   (i * 7919 %% 10000000 - 5000) / 100.0, i %% 50, CASE WHEN i %% 10 > 0 THEN 'note number ' || i END,
                   timestamptz '2026-01-01 00:00+00' + i * interval '1.000001 second',
                   CASE WHEN i %% 3 > 0 THEN timestamptz '2026-02-01 00:00+00' + i * interval '1.123457 second' END
            FROM %s AS numbers (i)""";

    private final Workbench workbench;
    private final List<Running> servers;
    private final int rows;

    ComparedTables(Workbench workbench, Running source, Running sink, int rows) {
        this.workbench = workbench;
        this.servers = List.of(source, sink);
        this.rows = rows;
    }

    /** @param missing rows of the source that the sink lacks; so on */
    record Differences(int missing, int orphans, int mismatches) {
        /** In about equal shares; a single one is a mismatch. */
        static Differences inAll(int number) {
            return new Differences(number / 3, number / 3, number - 2 * (number / 3));
        }
    }

    /** @return size of a table, version of the servers */
    Map<String, Object> fill() throws SQLException {
        onBoth(
                CREATE,
                FILL.formatted("generate_series(1, " + rows + "::bigint)"),
                "VACUUM (ANALYZE) public.orders",
                "CHECKPOINT");
        return sizes();
    }

    /** Makes the sink's table equal again and then different in so many rows, spread over all of it. */
    void differBy(Differences differences) throws SQLException {
        var step = rows / 1000;
        onSink(
                "DELETE FROM public.orders WHERE status = 'orphan'",
                "UPDATE public.orders SET quantity = -1 - quantity WHERE quantity < 0",
                FILL.formatted(every(step, 1000, 0)) + " ON CONFLICT DO NOTHING",
                "DELETE FROM public.orders WHERE id IN (SELECT md5(i::text)::uuid FROM %s AS numbers (i))"
                        .formatted(every(step, differences.missing, 0)),
                "UPDATE public.orders SET quantity = -1 - quantity WHERE id IN (SELECT md5(i::text)::uuid FROM %s AS numbers (i))"
                        .formatted(every(step, differences.mismatches, 1)),
                "INSERT INTO public.orders SELECT gen_random_uuid(), 1, 'orphan', 1, 1, 'orphan', now(), NULL"
                        + " FROM generate_series(1, " + differences.orphans + ")",
                "VACUUM (ANALYZE) public.orders",
                "CHECKPOINT");
    }

    private static String every(int step, int times, int less) {
        return "(SELECT g * %d::bigint - %d FROM generate_series(1, %d) g)".formatted(step, less, times);
    }

    /** The same query on both servers at the same time. */
    void askBoth(String query) throws SQLException {
        onBoth(query);
    }

    String url(int side) {
        return "postgresql://postgres@" + servers.get(side).address() + "/" + DATABASE;
    }

    private Map<String, Object> sizes() throws SQLException {
        try (var connection = connect(servers.get(0));
                var statement = connection.createStatement();
                var answer = statement.executeQuery(
                        "SELECT pg_table_size('public.orders') >> 20, current_setting('server_version')")) {
            answer.next();
            return Map.of("table_mb", answer.getLong(1), "postgresql", answer.getString(2));
        }
    }

    private void onSink(String... statements) throws SQLException {
        execute(servers.get(1), statements);
    }

    private void onBoth(String... statements) throws SQLException {
        var onSink = CompletableFuture.runAsync(() -> {
            try {
                execute(servers.get(1), statements);
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        });
        execute(servers.get(0), statements);
        try {
            onSink.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SQLException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private void execute(Running server, String... statements) throws SQLException {
        try (var connection = connect(server);
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private Connection connect(Running server) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("password", workbench.password());
        properties.setProperty("ApplicationName", "bench-verifier");
        return DriverManager.getConnection("jdbc:postgresql://" + server.address() + "/" + DATABASE, properties);
    }
}
