package dev.failureaware.cdc.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestConnector;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every type from a real source through the real connector, with the project's settings, compared as both servers write it. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class TypeRoundTripIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final TestDatabase sink = TestPostgres.ofDatasource("");
    private final TestDatabase source = TestPostgres.freshDatabase().withSourceSchema();
    private final TypeGallery gallery = new TypeGallery();

    @Test
    void everyValueArrivesAsItWas() {
        source.execute(TypeGallery.TYPES + TypeGallery.TYPES_OF_THE_SOURCE + gallery.createTable()
                + "; GRANT SELECT ON ALL TABLES IN SCHEMA public TO cdc_replicator; ALTER PUBLICATION cdc_publication"
                + " ADD TABLE " + TypeGallery.TABLE);
        sink.execute(TypeGallery.TYPES);
        gallery.inserts(1).forEach(source::execute);

        try (var connector = TestConnector.deploy(
                TestKafka.ofApplication(), source, "shop", "public." + TypeGallery.TABLE, Map.of())) {
            awaitEqual();
            gallery.inserts(101).forEach(source::execute);
            source.execute("INSERT INTO " + TypeGallery.TABLE + " (id) SELECT generate_series(201, 220)");
            gallery.updates(201).forEach(source::execute);
            awaitEqual();
        }

        assertThat(types(sink)).containsAllEntriesOf(typesThatTheSinkKnows());
        assertThat(sink.count("_cdc.parked WHERE topic = 'shop.public." + TypeGallery.TABLE + "'"))
                .isZero();
    }

    private void awaitEqual() {
        var rows = source.count(TypeGallery.TABLE);
        await().atMost(PATIENCE).until(() -> sink.count("pg_class WHERE relname = '" + TypeGallery.TABLE + "'") > 0);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(sink.count(TypeGallery.TABLE)).isEqualTo(rows));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(differences()).isEmpty());
    }

    private List<String> differences() {
        return gallery.typesByColumn().entrySet().stream()
                .flatMap(column -> {
                    var sql = "SELECT id, " + column.getKey() + "::text AS value FROM " + TypeGallery.TABLE
                            + " ORDER BY id";
                    var expected = source.query(sql);
                    var actual = sink.query(sql);
                    return expected.stream()
                            .filter(row -> !actual.contains(row))
                            .map(row -> column.getValue() + ": " + row + " arrived as "
                                    + actual.stream()
                                            .filter(r -> r.get("id").equals(row.get("id")))
                                            .toList());
                })
                .toList();
    }

    private Map<String, Object> typesThatTheSinkKnows() {
        var types = types(source);
        types.values().removeIf(type -> List.of("weather", "\"Quoted Type\"").contains(type));
        return types;
    }

    private static Map<String, Object> types(TestDatabase database) {
        var types = new HashMap<String, Object>();
        database.query("SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = '"
                        + TypeGallery.TABLE + "'::regclass AND attnum > 0")
                .forEach(row -> types.put((String) row.get("attname"), row.get("type")));
        return types;
    }
}
