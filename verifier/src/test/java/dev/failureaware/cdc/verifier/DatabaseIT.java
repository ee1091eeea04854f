package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatabaseIT {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final TestDatabase server = TestPostgres.freshDatabase();
    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = Pool.newInstance(PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(1))
            .connectingTo(PgConnectOptions.fromUri(server.reactiveUrl().replace("vertx-reactive:", ""))
                    .setUser(server.user())
                    .setPassword(server.password()))
            .using(vertx)
            .build());
    private final Database database = new Database("test", pool, 0);

    @AfterEach
    void close() {
        pool.closeAndAwait();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aConnectionThatComesTooLateIsNotLostToThePool() throws Exception {
        try (var holder = server.connect();
                var statement = holder.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(1)");
            var busy = CompletableFuture.supplyAsync(
                    () -> database.execute(Deadline.in(LONG), "SELECT 1 FROM (SELECT pg_advisory_lock(1)) locked"));
            await().atMost(LONG).until(() -> server.count("pg_locks WHERE NOT granted AND locktype = 'advisory'") == 1);

            assertThatThrownBy(() -> database.execute(Deadline.in(Duration.ofMillis(50)), "SELECT 1"))
                    .isInstanceOf(CheckImpossible.class)
                    .hasMessageContaining("did not answer in time");
            statement.execute("SELECT pg_advisory_unlock(1)");
            assertThat(busy.get()).hasSize(1);
        }

        assertThat(database.execute(Deadline.in(LONG), "SELECT 1")).hasSize(1);
    }
}
