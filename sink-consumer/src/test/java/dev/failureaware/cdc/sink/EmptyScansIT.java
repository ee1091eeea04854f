package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.sink.apply.EmptyScans;
import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class EmptyScansIT {
    private static final Instant TAKEN = Instant.parse("2001-02-03T04:05:06Z");

    @Inject
    EmptyScans scans;

    /** Events from before the snapshot may still be on their way, to a table that the sink does not have yet. */
    @Test
    void whatASnapshotFoundEmptyIsKnownAlsoWhereTheSinkGetsTheTableLater() {
        try (var at = new Playground("shop")) {
            var snapshots = "_cdc.snapshots WHERE table_name = '" + at.name + "'";
            // A row of another table tells the snapshot's position.
            await().atMost(Playground.PATIENCE)
                    .until(() -> at.sink.count("pg_class WHERE oid = to_regclass('_cdc.snapshots')") == 1);
            at.sink.execute(
                    "INSERT INTO _cdc.snapshots (schema_name, table_name, lsn, table_complete, all_complete, topic,"
                            + " taken_at, swept_at) VALUES ('public', 'another', 5, true, true, 'shop.public.another', '"
                            + TAKEN
                            + "', now())");
            scans.record("shop", List.of("public." + at.name), TAKEN.minusSeconds(1), TAKEN.plusSeconds(1))
                    .await()
                    .indefinitely();
            scans.decide().await().indefinitely();
            assertThat(at.sink.count(snapshots)).isZero();

            at.commit(0, DebeziumTable.named(at.name).key("id", INT8).insert(Map.of("id", 1L)));
            at.awaitRows("id", "(1)");
            scans.decide().await().indefinitely();

            assertThat(at.sink.value("SELECT lsn FROM " + snapshots + " AND table_complete"))
                    .isEqualTo(5L);
        }
    }
}
