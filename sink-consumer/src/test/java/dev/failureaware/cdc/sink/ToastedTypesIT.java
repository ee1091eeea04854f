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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/** Large values that an update leaves alone are not sent: in place of each, the connector sends a mark that depends on its type. */
@QuarkusTest
@WithTestResource(KafkaAndPostgres.class)
class ToastedTypesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Of these the connector sends null, which a sink cannot tell from a value that was set to null. */
    private static final Set<String> SENT_AS_NULL = Set.of(
            "path",
            "polygon",
            "int2[]",
            "oid[]",
            "numeric[]",
            "real[]",
            "double precision[]",
            "boolean[]",
            "timestamp[]",
            "timestamptz[]");

    private final TestDatabase sink = TestPostgres.ofDatasource("");
    private final TestDatabase source = TestPostgres.freshDatabase().withSourceSchema();

    /** Of each type that can be large, a large value that does not compress away. */
    private static Map<String, String> values() {
        var values = new LinkedHashMap<String, String>();
        var text = "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 300) i)";
        values.put("text", text);
        values.put("varchar", text);
        values.put("bpchar", text);
        values.put("citext", text);
        values.put("bytea", "decode(" + text + ", 'hex')");
        values.put("json", "json_build_object('k', " + text + ")");
        values.put("jsonb", "jsonb_build_object('k', " + text + ")");
        values.put("xml", "('<a>' || " + text + " || '</a>')::xml");
        values.put("hstore", "hstore('k', " + text + ")");
        values.put("numeric", "(repeat('1234567', 2000) || '.5')::numeric");
        values.put("tsvector", "(SELECT string_agg(md5(i::text), ' ') FROM generate_series(1, 300) i)::tsvector");
        values.put(
                "path",
                "(SELECT '(' || string_agg('(' || i || ',' || i * 7 || ')', ',') || ')' FROM"
                        + " generate_series(1, 2000) i)::path");
        values.put(
                "polygon",
                "(SELECT '(' || string_agg('(' || i || ',' || i * 7 || ')', ',') || ')' FROM"
                        + " generate_series(1, 2000) i)::polygon");
        values.put(
                "int4multirange", "(SELECT range_agg(int4range(i * 10, i * 10 + 5)) FROM generate_series(1, 2000) i)");
        for (var type : new String[] {"int2", "int4", "int8", "oid"}) {
            values.put(type + "[]", "(SELECT array_agg(i::" + type + ") FROM generate_series(1, 3000) i)");
        }
        values.put("numeric[]", "(SELECT array_agg(i::numeric / 7) FROM generate_series(1, 2000) i)");
        values.put("real[]", "(SELECT array_agg(i::real / 7) FROM generate_series(1, 3000) i)");
        values.put("double precision[]", "(SELECT array_agg(i::float8 / 7) FROM generate_series(1, 3000) i)");
        values.put("boolean[]", "(SELECT array_agg(i % 3 = 0) FROM generate_series(1, 9000) i)");
        values.put("text[]", "(SELECT array_agg(md5(i::text)) FROM generate_series(1, 300) i)");
        values.put("uuid[]", "(SELECT array_agg(md5(i::text)::uuid) FROM generate_series(1, 600) i)");
        values.put("bytea[]", "(SELECT array_agg(decode(md5(i::text), 'hex')) FROM generate_series(1, 600) i)");
        values.put("date[]", "(SELECT array_agg('2024-01-01'::date + i) FROM generate_series(1, 3000) i)");
        values.put(
                "timestamp[]",
                "(SELECT array_agg('2024-01-01'::timestamp + i * interval '1 s') FROM"
                        + " generate_series(1, 3000) i)");
        values.put(
                "timestamptz[]",
                "(SELECT array_agg('2024-01-01'::timestamptz + i * interval '1 s') FROM"
                        + " generate_series(1, 3000) i)");
        values.put(
                "jsonb[]", "(SELECT array_agg(jsonb_build_object('k', md5(i::text))) FROM generate_series(1, 300) i)");
        return values;
    }

    @Test
    void aValueThatWasNotSentStaysAsItWas() {
        var values = values();
        values.keySet().removeAll(SENT_AS_NULL);
        roundTrip("toasted_types", values, "DEFAULT");
    }

    /** Without the others, because an event of all of them, before and after, is larger than Kafka takes by default. */
    @Test
    void withReplicaIdentityFullTheValuesAreSent() {
        var values = values();
        values.keySet().retainAll(SENT_AS_NULL);
        roundTrip("toasted_full", values, "FULL");
    }

    private void roundTrip(String table, Map<String, String> values, String identity) {
        var columns = new StringJoiner(", ");
        var storage = new StringJoiner(", ");
        var types = List.copyOf(values.keySet());
        for (var i = 0; i < types.size(); i++) {
            columns.add("c" + i + " " + types.get(i) + " NOT NULL");
            storage.add("ALTER COLUMN c" + i + " SET STORAGE EXTERNAL");
        }
        source.execute("CREATE EXTENSION citext; CREATE EXTENSION hstore");
        sink.execute("CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS hstore");
        source.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, touched int, " + columns + "); ALTER TABLE " + table
                        + " " + storage + "; ALTER TABLE " + table + " REPLICA IDENTITY " + identity
                        + "; GRANT SELECT ON " + table
                        + " TO cdc_replicator; ALTER PUBLICATION cdc_publication ADD TABLE " + table);
        var insert = "INSERT INTO " + table + " SELECT $id, 0, " + String.join(", ", values.values());
        source.execute(insert.replace("$id", "1"));

        try (var connector =
                TestConnector.deploy(TestKafka.ofApplication(), source, "shop", "public." + table, Map.of())) {
            awaitEqual(table, types);
            source.execute(insert.replace("$id", "2"));
            source.execute("UPDATE " + table + " SET touched = 1");
            awaitEqual(table, types);
        }
    }

    private void awaitEqual(String table, List<String> types) {
        await().atMost(PATIENCE).until(() -> sink.count("pg_class WHERE relname = '" + table + "'") > 0);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(rows(sink, table, "touched")).isEqualTo(rows(source, table, "touched"));
            assertThat(types.stream()
                            .filter(type -> {
                                var sum = "md5(c" + types.indexOf(type) + "::text)";
                                return !rows(sink, table, sum).equals(rows(source, table, sum));
                            })
                            .toList())
                    .as("types that arrived as something else")
                    .isEmpty();
        });
    }

    private static Object rows(TestDatabase database, String table, String expression) {
        return database.query("SELECT id, " + expression + " AS value FROM " + table + " ORDER BY id");
    }
}
