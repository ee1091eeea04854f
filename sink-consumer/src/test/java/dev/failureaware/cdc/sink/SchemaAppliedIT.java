package dev.failureaware.cdc.sink;

import static dev.failureaware.cdc.test.DebeziumType.INT4;
import static dev.failureaware.cdc.test.DebeziumType.INT8;
import static dev.failureaware.cdc.test.DebeziumType.TEXT;
import static dev.failureaware.cdc.test.DebeziumType.varchar;
import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.test.DebeziumTable;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes of the source's schema where the settings say that the sink follows each of them, on tables of somebody else. */
@QuarkusTest
@TestProfile(SchemaAppliedIT.Followed.class)
@WithTestResource(KafkaAndPostgres.class)
class SchemaAppliedIT {
    public static class Followed implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "sink.topic-prefix", "followed",
                    "sink.missing-tables", "expect",
                    "sink.on-drop", "apply",
                    "sink.on-rename", "apply",
                    "sink.on-narrowing", "apply");
        }
    }

    private final Playground at = new Playground("followed");
    private final DebeziumTable table =
            DebeziumTable.named(at.name).key("id", INT8).nullable("a", TEXT);

    @BeforeEach
    void createTable() {
        at.sink.execute("CREATE TABLE " + at.name + " (id bigint PRIMARY KEY, a text)");
    }

    @AfterEach
    void close() {
        at.close();
    }

    @Test
    void aMissingTableIsWaitedFor() {
        at.sink.execute("DROP TABLE " + at.name);
        at.commit(0, table.insert(Map.of("id", 1L, "a", "waits")));
        at.awaitStopped("sink.missing-tables=expect");

        createTable();

        at.awaitRows("id, a", "(1,waits)");
    }

    @Test
    void aRenameIsFollowedAndPartitionsThatLagBehindWriteUnderTheNewName() {
        var renamed = DebeziumTable.named(at.name).key("id", INT8).nullable("renamed", TEXT);
        at.commit(0, table.insert(Map.of("id", 1L, "a", "before")));
        var lagging = at.stream.commit(table.insert(Map.of("id", 2L, "a", "sent late")));
        at.commit(0, renamed.insert(Map.of("id", 3L, "renamed", "after")));
        at.awaitRows("id, renamed", "(1,before)", "(3,after)");
        lagging.forEach(event -> at.send(event.record(1)));
        at.awaitRows("id, renamed", "(1,before)", "(2,\"sent late\")", "(3,after)");

        at.rewind();
        at.commit(0, renamed.insert(Map.of("id", 4L, "renamed", "end")));

        at.awaitRows("id, renamed", "(1,before)", "(2,\"sent late\")", "(3,after)", "(4,end)");
        assertThat(at.columns()).containsExactly("id bigint", "renamed text");
    }

    @Test
    void aDroppedColumnIsDroppedAndOlderEventsDoNotBringItBack() {
        var after = DebeziumTable.named(at.name).key("id", INT8);
        at.commit(0, table.insert(Map.of("id", 1L, "a", "x")));
        var lagging = at.stream.commit(table.insert(Map.of("id", 2L, "a", "sent late")));
        at.commit(0, after.insert(Map.of("id", 3L)));
        at.awaitRows("id", "(1)", "(3)");
        lagging.forEach(event -> at.send(event.record(1)));
        at.awaitRows("id", "(1)", "(2)", "(3)");

        at.rewind();
        at.commit(0, after.insert(Map.of("id", 4L)));

        at.awaitRows("id", "(1)", "(2)", "(3)", "(4)");
        assertThat(at.columns()).containsExactly("id bigint");
    }

    @Test
    void aNarrowerTypeIsTakenOver() {
        var narrow = DebeziumTable.named(at.name).key("id", INT4).nullable("a", varchar(5));
        at.commit(0, table.insert(Map.of("id", 1L, "a", "long before")));
        at.commit(0, narrow.insert(Map.of("id", 2, "a", "short")));

        at.awaitRows("id, a", "(1,\"long \")", "(2,short)");
        assertThat(at.columns()).containsExactly("id integer", "a character varying(5)");
    }
}
