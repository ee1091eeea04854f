package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Two databases at rest, with other settings each, and the comparison of them. */
final class TestComparison implements AutoCloseable {
    final TestDatabase source;
    final TestDatabase sink;
    private final Vertx vertx = Vertx.vertx();
    private final Databases databases;

    TestComparison() {
        this(TestPostgres.freshDatabase(), TestPostgres.freshDatabase());
    }

    TestComparison(TestDatabase source, TestDatabase sink) {
        this.source = source;
        this.sink = sink;
        set(source, "TimeZone", "America/New_York");
        set(sink, "TimeZone", "Asia/Kathmandu");
        set(sink, "DateStyle", "German");
        set(sink, "IntervalStyle", "sql_standard");
        set(sink, "bytea_output", "escape");
        set(sink, "extra_float_digits", "-5");
        set(sink, "search_path", "pg_catalog");
        databases = new Databases(pool(source), pool(sink), 2);
    }

    private static void set(TestDatabase database, String name, String value) {
        database.execute("ALTER DATABASE %s SET %s = '%s'".formatted(database.name(), name, value));
    }

    private Pool pool(TestDatabase database) {
        var options = new PgConnectOptions()
                .setHost(database.host())
                .setPort(database.port())
                .setDatabase(database.name())
                .setUser(database.user())
                .setPassword(database.password());
        return Pool.newInstance(PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(2))
                .connectingTo(options)
                .using(vertx)
                .build());
    }

    void onBoth(String sql) {
        source.execute(sql);
        sink.execute(sql);
    }

    Report compare() {
        return compare(Comparison.Limits.USUAL);
    }

    Report compare(Comparison.Limits limits) {
        return new RestingComparison(databases, new Comparison(databases, limits), 20, Clock.systemUTC())
                .compare(List.of(), Effort.onDemand(Duration.ofMinutes(2)));
    }

    @Override
    public void close() {
        databases.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
