package dev.failureaware.cdc.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.test.TestPostgres;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Bookkeeping that an earlier version has made is brought up to date where it is. */
class ParkedUpgradeIT {
    @Test
    void recordsThatAnEarlierVersionParkedKeepTheirBytesAndHoldNothingBack() {
        var database = TestPostgres.freshDatabase();
        database.execute("CREATE SCHEMA _cdc; CREATE TABLE _cdc.parked"
                + " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL, partition int NOT NULL,"
                + " \"offset\" bigint NOT NULL, key text, value text, reason text NOT NULL,"
                + " parked_at timestamptz NOT NULL DEFAULT now());"
                + " INSERT INTO _cdc.parked (topic, partition, \"offset\", key, value, reason)"
                + " VALUES ('shop.public.t', 0, 5, '{\"id\":1}', 'ä', 'why')");
        var vertx = Vertx.vertx();
        var pool = PgBuilder.pool()
                .connectingTo(new PgConnectOptions()
                        .setHost(database.host())
                        .setPort(database.port())
                        .setDatabase(database.name())
                        .setUser(database.user())
                        .setPassword(database.password()))
                .using(vertx)
                .build();
        try {
            // As by two processes, one after the other.
            new Bookkeeping(pool).create().await().indefinitely();
            new Bookkeeping(pool).create().await().indefinitely();
        } finally {
            pool.closeAndAwait();
            vertx.closeAndAwait();
        }

        var row = database.query("SELECT * FROM _cdc.parked").get(0);
        assertThat((byte[]) row.get("value_bytes")).isEqualTo("ä".getBytes(StandardCharsets.UTF_8));
        assertThat((byte[]) row.get("key_bytes")).isEqualTo("{\"id\":1}".getBytes(StandardCharsets.UTF_8));
        assertThat(row)
                .containsEntry("kind", "earlier")
                .containsEntry("row_key", null)
                .containsEntry("outcome", null);
    }
}
