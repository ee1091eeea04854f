package dev.failureaware.cdc.verifier;

import static dev.failureaware.cdc.verifier.BrokenSink.ADDS_A_COLUMN_WITH_THE_WRONG_DEFAULT;
import static dev.failureaware.cdc.verifier.BrokenSink.APPLIES_A_STALE_SNAPSHOT_ROW_OVER_A_NEWER_ONE;
import static dev.failureaware.cdc.verifier.BrokenSink.BRINGS_DELETED_ROWS_BACK_BY_A_STALE_SNAPSHOT;
import static dev.failureaware.cdc.verifier.BrokenSink.DROPS_ONE_EVENT_IN_A_THOUSAND;
import static dev.failureaware.cdc.verifier.BrokenSink.INSERTS_TWICE_IN_A_TABLE_WITHOUT_KEY;
import static dev.failureaware.cdc.verifier.BrokenSink.INSERTS_WHERE_A_UNIQUE_KEY_LACKS;
import static dev.failureaware.cdc.verifier.BrokenSink.KEEPS_PHANTOMS_AFTER_A_SNAPSHOT;
import static dev.failureaware.cdc.verifier.BrokenSink.KEEPS_THE_OLD_ROW_OF_A_CHANGED_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.model.Lsn;
import dev.failureaware.cdc.test.KafkaAndPostgres;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The proof that it catches: sinks that are wrong in all the ways that {@link BrokenSink} has, all at the same time and while a
 * writer never rests, and beside them a table that is right. The wrong rows and their numbers are found out by plain SQL.
 */
@QuarkusTest
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class BrokenSinksIT {
    private static final String RIGHT = "applied_as_it_should_be";
    /** Rows that the writer writes, which all sinks apply as they should. */
    private static final int FIRST_HOT = 900;

    private static final int LAST_HOT = 949;
    private static final int EXAMPLES = 20;

    private final TestPipeline pipeline = TestPipeline.fresh();
    private final List<String> ordinary = new ArrayList<>(Stream.concat(
                    Arrays.stream(BrokenSink.values())
                            .filter(sink -> sink != INSERTS_TWICE_IN_A_TABLE_WITHOUT_KEY)
                            .map(BrokenSink::table),
                    Stream.of(RIGHT))
            .toList());

    @Test
    void eachIsCaughtWithItsClassAndItsRowsAndNothingElseIs() throws Exception {
        createTables();
        var tables = new ArrayList<>(ordinary);
        tables.add(INSERTS_TWICE_IN_A_TABLE_WITHOUT_KEY.table());
        var writer = Executors.newSingleThreadScheduledExecutor();
        try (var connector = new PlayedConnector(pipeline.source, pipeline.kafka);
                var sink = new PlayedSink(
                        pipeline.sink,
                        pipeline.kafka,
                        tables,
                        BrokenSink.byTable(),
                        change -> change.id() >= FIRST_HOT && change.id() <= LAST_HOT);
                var connection = pipeline.source.connect()) {
            writeWithFaults(connector, sink);
            var random = new Random(3);
            var hot = ordinary.stream()
                    .filter(table -> !table.equals(ADDS_A_COLUMN_WITH_THE_WRONG_DEFAULT.table()))
                    .toList();
            writer.scheduleWithFixedDelay(
                    () -> {
                        var id = FIRST_HOT + random.nextInt(LAST_HOT - FIRST_HOT);
                        try (var statement = connection.createStatement()) {
                            statement.execute(
                                    "INSERT INTO %s (id, v, amount, at, ratio) VALUES (%d, 'hot', 1, now(), 1) ON CONFLICT (id) DO UPDATE SET amount = excluded.amount + 1"
                                            .formatted(hot.get(random.nextInt(hot.size())), id));
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    0,
                    5,
                    TimeUnit.MILLISECONDS);

            var report = pipeline.verify("5m");

            assertThat(report.getString("tables." + RIGHT + ".status")).isEqualTo("PASS");
            var caught = new ArrayList<BrokenSink>();
            var missed = new LinkedHashMap<BrokenSink, String>();
            for (var broken : BrokenSink.values()) {
                var difference = difference(broken, report);
                if (difference.isEmpty()) {
                    caught.add(broken);
                } else {
                    missed.put(broken, difference);
                }
            }
            assertThat(missed).isEmpty();
            assertPublished(caught);
        } finally {
            writer.shutdownNow();
        }
    }

    private void createTables() throws Exception {
        pipeline.source.execute("ALTER DATABASE %s SET TimeZone = 'UTC'".formatted(pipeline.source.name()));
        var columns = " v text, amount numeric(12,4), at timestamptz, ratio float8, doc text";
        var bookkeeping = ", _cdc_op text, _cdc_lsn bigint, _cdc_source_ts timestamptz";
        for (var table : ordinary) {
            pipeline.source.execute("CREATE TABLE %1$s (id int PRIMARY KEY,%2$s);".formatted(table, columns)
                    + "ALTER TABLE %s ALTER doc SET STORAGE EXTERNAL".formatted(table));
            var key = table.equals(INSERTS_WHERE_A_UNIQUE_KEY_LACKS.table()) ? "" : " PRIMARY KEY";
            pipeline.sink.execute("CREATE TABLE %s (id int%s,%s%s)".formatted(table, key, columns, bookkeeping));
        }
        var keyless = INSERTS_TWICE_IN_A_TABLE_WITHOUT_KEY.table();
        pipeline.source.execute("CREATE TABLE %s (v text)".formatted(keyless));
        pipeline.sink.execute("CREATE TABLE %s (v text%s)".formatted(keyless, bookkeeping));
        for (var table : Stream.concat(ordinary.stream(), Stream.of(keyless)).toList()) {
            await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
                TestKafka.createTopic(pipeline.kafka, PlayedConnector.topic(table), PlayedConnector.PARTITIONS);
                return true;
            });
        }
    }

    private void writeWithFaults(PlayedConnector connector, PlayedSink sink) {
        var insert = "INSERT INTO %s SELECT i, 'row ' || i || ' ', i + 0.1234,"
                + " timestamptz '2026-03-29 01:30:00.123456+00' + i * interval '1 s', i / 7.0, repeat(md5(i::text), 100)"
                + " FROM generate_series(%d, %d) i";
        ordinary.forEach(table -> pipeline.source.execute(insert.formatted(table, 1, 24)));
        pipeline.source.execute(insert.formatted(DROPS_ONE_EVENT_IN_A_THOUSAND.table(), 1000, 3999));
        pipeline.source.execute("INSERT INTO %s SELECT 'row ' || i FROM generate_series(1, 24) i"
                .formatted(INSERTS_TWICE_IN_A_TABLE_WITHOUT_KEY.table()));
        awaitApplied(connector, sink);
        var earlier = Lsn.parse((String) pipeline.source.value("SELECT pg_current_wal_lsn()::text"))
                .value();
        var earlierMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        var old = snapshot(APPLIES_A_STALE_SNAPSHOT_ROW_OVER_A_NEWER_ONE.table(), earlier, earlierMicros, "id = 5");
        var gone = snapshot(BRINGS_DELETED_ROWS_BACK_BY_A_STALE_SNAPSHOT.table(), earlier, earlierMicros, "id = 13");

        connector.losesDeletesOf(KEEPS_PHANTOMS_AFTER_A_SNAPSHOT.table());
        ordinary.forEach(table -> pipeline.source.execute("""
                UPDATE %1$s SET v = 'second ' || id || ' ' WHERE id %% 5 = 0 AND id < 900;
                UPDATE %1$s SET v = NULL WHERE id %% 7 = 0 AND id < 900;
                UPDATE %1$s SET v = '' WHERE id %% 11 = 0 AND id < 900;
                DELETE FROM %1$s WHERE id %% 10 = 3 AND id < 900""".formatted(table)));
        awaitApplied(connector, sink);
        RestAssured.get("/lag").then().statusCode(200);

        pipeline.onBoth("ALTER TABLE %s ADD COLUMN tier text DEFAULT '%s'"
                .formatted(ADDS_A_COLUMN_WITH_THE_WRONG_DEFAULT.table(), "basic"));
        pipeline.sink.execute(
                "UPDATE %s SET tier = 'standard'".formatted(ADDS_A_COLUMN_WITH_THE_WRONG_DEFAULT.table()));
        pipeline.source.execute("UPDATE %s SET id = 807, doc = 'short' WHERE id = 7"
                .formatted(KEEPS_THE_OLD_ROW_OF_A_CHANGED_KEY.table()));
        ordinary.forEach(
                table -> pipeline.source.execute("UPDATE %s SET v = 'third' WHERE id IN (1, 5)".formatted(table)));
        awaitApplied(connector, sink);

        connector.snapshot(old);
        connector.snapshot(gone);
        var now = Lsn.parse((String) pipeline.source.value("SELECT pg_current_wal_lsn()::text"))
                .value();
        connector.snapshot(snapshot(
                KEEPS_PHANTOMS_AFTER_A_SNAPSHOT.table(),
                now,
                ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()),
                "true"));
        awaitApplied(connector, sink);
    }

    private static void awaitApplied(PlayedConnector connector, PlayedSink sink) {
        var sent = connector.sent();
        await().atMost(Duration.ofSeconds(60)).until(() -> sink.isPast(sent));
    }

    private List<PlayedChange> snapshot(String table, long lsn, long micros, String which) {
        return pipeline
                .source
                .query("SELECT id::text, v, amount::text, at::text, ratio::text, doc FROM %s WHERE %s"
                        .formatted(table, which))
                .stream()
                .map(row -> {
                    var texts = new LinkedHashMap<String, String>();
                    row.forEach((column, value) -> texts.put(column, (String) value));
                    return new PlayedChange(table, "r", lsn, micros, texts);
                })
                .toList();
    }

    /** Empty when the report says what is true of the table. */
    private String difference(BrokenSink broken, JsonPath report) {
        var table = broken.table();
        var wrong = wrongRows(table);
        assertThat(wrong).as("%s has done its work", broken).isNotEmpty();
        var total = wrong.values().stream().mapToLong(Long::longValue).sum();
        var expected = Map.of(broken.expected().label(), total);
        Map<String, Integer> said = report.getMap("tables." + table + ".classes");
        var classes = new TreeMap<String, Long>();
        said.forEach((label, rows) -> classes.put(label, rows.longValue()));
        var keys = report.getList("tables." + table + ".differences.key", String.class);
        if (!report.getString("tables." + table + ".status").equals("FAIL")) {
            return "not noticed: " + wrong;
        }
        if (!classes.equals(expected)) {
            return "wrong rows %s, expected %s, but it says %s"
                    .formatted(wrong, expected, report.getMap("tables." + table));
        }
        var named =
                broken == INSERTS_TWICE_IN_A_TABLE_WITHOUT_KEY || wrong.keySet().containsAll(keys);
        return named && keys.size() == Math.min(EXAMPLES, wrong.size())
                ? ""
                : "wrong rows %s, but it names %s".formatted(wrong.keySet(), keys);
    }

    /** By key, or by content where there is none: how many rows are too few, too many, or different. */
    private Map<String, Long> wrongRows(String table) {
        var atSource = rows(pipeline.source, table);
        var atSink = rows(pipeline.sink, table);
        var wrong = new TreeMap<String, Long>();
        Stream.concat(atSource.keySet().stream(), atSink.keySet().stream())
                .distinct()
                .forEach(key -> {
                    var source = atSource.getOrDefault(key, List.of());
                    var sink = atSink.getOrDefault(key, List.of());
                    if (source.size() != sink.size()) {
                        wrong.put(key, (long) Math.abs(source.size() - sink.size()));
                    } else if (!source.equals(sink)) {
                        wrong.put(key, 1L);
                    }
                });
        return wrong;
    }

    private static Map<String, List<String>> rows(TestDatabase side, String table) {
        var rows = new TreeMap<String, List<String>>();
        var keyless = table.equals(INSERTS_TWICE_IN_A_TABLE_WITHOUT_KEY.table());
        var more = table.equals(ADDS_A_COLUMN_WITH_THE_WRONG_DEFAULT.table()) ? ", tier" : "";
        side.query(
                        keyless
                                ? "SELECT v AS key, v AS content FROM " + table
                                : "SELECT id::text AS key, ROW(v, amount, extract(epoch FROM at), ratio, doc%s)::text AS content FROM %s WHERE id NOT BETWEEN %d AND %d"
                                        .formatted(more, table, FIRST_HOT, LAST_HOT))
                .forEach(row -> rows.computeIfAbsent((String) row.get("key"), absent -> new ArrayList<>())
                        .add((String) row.get("content")));
        return rows;
    }

    /** What the documentation says is what was found here. */
    private static void assertPublished(List<BrokenSink> caught) throws Exception {
        var guarantees =
                Files.readString(Path.of("..", "docs", "guarantees.md")).replaceAll("\\s+", " ");
        assertThat(guarantees).contains("%d of %d".formatted(caught.size(), BrokenSink.values().length));
        caught.forEach(broken -> assertThat(guarantees)
                .contains(broken.words() + " | `" + broken.expected().label() + "`"));
    }
}
