package dev.failureaware.cdc.verifier;

import static dev.failureaware.cdc.verifier.TestPipeline.check;
import static dev.failureaware.cdc.verifier.TestPipeline.differences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.failureaware.cdc.test.KafkaAndPostgres;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a fenced verification finds. The connector delivers messages only, so what tests write to the sink is all it has. */
@QuarkusTest
@QuarkusTestResource(
        value = KafkaAndPostgres.class,
        initArgs = @ResourceArg(name = KafkaAndPostgres.DATASOURCES, value = "source,sink"))
class VerifierIT {
    private TestPipeline pipeline;
    private TestConnector connector;

    @BeforeEach
    void start() {
        pipeline = TestPipeline.fresh();
        connector = new TestConnector(pipeline.source, pipeline.kafka, false);
    }

    @AfterEach
    void stop() throws Exception {
        connector.close();
    }

    @Test
    void equalTablesPassEveryCheck() {
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, v text);"
                + " INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 5000) i");
        pipeline.sink.execute("ALTER TABLE t ADD COLUMN _cdc_lsn bigint");

        var report = pipeline.verify();

        assertThat(report.getString("reason")).isNull();
        assertThat(report.getString("status")).isEqualTo("PASS");
        assertThat(report.getMap("tables.t"))
                .contains(entry("status", "PASS"), entry("missing", 0), entry("orphans", 0), entry("mismatches", 0));
        assertThat(report.getLong("tables.t.counts.source")).isEqualTo(5000);
        assertThat(report.getLong("tables.t.counts.sink")).isEqualTo(5000);
        assertThat(report.getString("fence.lsn")).contains("/");
        assertThat(report.getList("checks.status")).containsExactly("PASS", "PASS", "PASS", "PASS", "PASS");
        assertThat(report.getLong("summary.lag")).isZero();
    }

    @Test
    void aMissingRowIsNamed() {
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
        pipeline.sink.execute("DELETE FROM t WHERE id = 2");

        var report = pipeline.verify();

        assertThat(report.getString("status")).isEqualTo("FAIL");
        assertThat(report.getLong("summary.totalMissing")).isEqualTo(1);
        assertThat(report.getLong("tables.t.counts.sink")).isEqualTo(1);
        assertThat(differences(report, "t"))
                .singleElement()
                .satisfies(difference -> assertThat(difference)
                        .contains(entry("class", "missing"), entry("key", "2"), entry("sink", null)));
        assertThat(check(report, "row_count_match")).isEqualTo("FAIL");
        assertThat(check(report, "data_integrity")).isEqualTo("FAIL");
        assertThat(check(report, "no_orphans")).isEqualTo("PASS");
        assertThat(report.getString("failures.find { it.check == 'data_integrity' }.detail"))
                .contains("1 rows are missing", "2");
    }

    @Test
    void anOrphanIsNamed() {
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        pipeline.sink.execute("INSERT INTO t VALUES (7, 'phantom')");

        var report = pipeline.verify();

        assertThat(differences(report, "t"))
                .singleElement()
                .satisfies(difference -> assertThat(difference)
                        .contains(entry("class", "orphan"), entry("key", "7"), entry("source", null)));
        assertThat(check(report, "no_orphans")).isEqualTo("FAIL");
        assertThat(check(report, "data_integrity")).isEqualTo("PASS");
    }

    @Test
    void aMismatchIsNamedWithColumnAndBothValues() {
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, v text, w text);"
                + " INSERT INTO t VALUES (1, 'same', 'right'), (2, '', 'x')");
        pipeline.sink.execute("UPDATE t SET w = 'wrong' WHERE id = 1; UPDATE t SET v = NULL WHERE id = 2");

        var report = pipeline.verify();

        assertThat(differences(report, "t"))
                .anySatisfy(difference -> assertThat(difference)
                        .contains(
                                entry("class", "mismatch"),
                                entry("key", "1"),
                                entry("columns", List.of("w")),
                                entry("source", "w='right'"),
                                entry("sink", "w='wrong'")))
                .anySatisfy(difference -> assertThat(difference)
                        .contains(entry("key", "2"), entry("source", "v=''"), entry("sink", "v=null")));
        assertThat(report.getLong("tables.t.mismatches")).isEqualTo(2);
        assertThat(check(report, "row_count_match")).isEqualTo("PASS");
    }

    @Test
    void settingsOfTheServersChangeNothing() {
        pipeline.onBoth(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, d date, b bytea, i interval, f float8);"
                        + " INSERT INTO t VALUES (1, '2026-01-02 03:04:05.123456+00', '2026-01-02', '\\x00ff', '1 day 2 hours', 0.1)");
        pipeline.sink.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Tokyo''',"
                + " current_database()); EXECUTE format('ALTER DATABASE %I SET DateStyle = ''German''',"
                + " current_database()); EXECUTE format('ALTER DATABASE %I SET bytea_output = ''escape''',"
                + " current_database()); END $$");

        assertThat(pipeline.verify().getString("status")).isEqualTo("PASS");
    }

    @Test
    void oddNamesAndCompositeKeysAreCompared() {
        pipeline.onBoth("CREATE SCHEMA \"Odd Schema\"; CREATE TABLE \"Odd Schema\".\"Ta\"\"ble\" (\"sel ect\" uuid,"
                + " \"K'2\" varchar(20), \"$v\" jsonb, \"order\" numeric(10,2)[], PRIMARY KEY (\"K'2\", \"sel ect\"));"
                + " INSERT INTO \"Odd Schema\".\"Ta\"\"ble\" SELECT md5(i::text)::uuid, 'it''s \"' || i, '{\"a\": 1}',"
                + " ARRAY[1.5, NULL] FROM generate_series(1, 100) i");
        pipeline.sink.execute("UPDATE \"Odd Schema\".\"Ta\"\"ble\" SET \"$v\" = NULL WHERE \"K'2\" = 'it''s \"42'");

        var report = pipeline.verify();

        assertThat(differences(report, "Odd Schema.Ta\"ble")).singleElement().satisfies(difference -> {
            assertThat(difference)
                    .contains(entry("class", "mismatch"), entry("source", "$v='{\"a\": 1}'"), entry("sink", "$v=null"));
            assertThat((String) difference.get("key")).contains("K'2=it's \"42", "sel ect=");
        });
    }

    @Test
    void tablesWithoutAKeyAreComparedAsMultisets() {
        pipeline.onBoth("CREATE TABLE t (v text); INSERT INTO t VALUES ('a'), ('a'), ('a'), (NULL), (NULL), ('c')");
        assertThat(pipeline.verify().getString("status")).isEqualTo("PASS");
        pipeline.sink.execute("DELETE FROM t WHERE v IS NULL; INSERT INTO t VALUES ('a')");

        var report = pipeline.verify();

        assertThat(report.getLong("tables.t.missing")).isEqualTo(2);
        assertThat(report.getLong("tables.t.orphans")).isEqualTo(1);
    }

    @Test
    void aRowDoubledAtTheSinkIsAnOrphan() {
        pipeline.source.execute("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        pipeline.sink.execute("CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1, 'a'), (1, 'a')");

        assertThat(pipeline.verify().getLong("tables.t.orphans")).isEqualTo(1);
    }

    @Test
    void totalsAreExactWhenExamplesAreNot() {
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, v text);"
                + " INSERT INTO t SELECT i, 'v' FROM generate_series(1, 30000) i");
        pipeline.sink.execute("DELETE FROM t WHERE id <= 12000; UPDATE t SET v = 'w' WHERE id > 29000");

        var report = pipeline.verify("60s");

        assertThat(report.getLong("tables.t.missing")).isEqualTo(12000);
        assertThat(report.getLong("tables.t.mismatches")).isEqualTo(1000);
        assertThat(differences(report, "t")).hasSize(20);
    }

    @Test
    void aColumnThatNoEventHasToldOfIsWaitedForAndThenFails() {
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        pipeline.source.execute("ALTER TABLE t ADD COLUMN tier varchar(20) DEFAULT 'basic'");

        var quiet = pipeline.verify();
        pipeline.source.execute("UPDATE t SET v = 'a' WHERE id = 1");
        var written = pipeline.verify();
        pipeline.sink.execute("ALTER TABLE t ADD COLUMN tier varchar(20) DEFAULT 'basic'");
        var known = pipeline.verify();

        assertThat(quiet.getString("status")).isEqualTo("SYNC_IN_PROGRESS");
        assertThat(written.getString("status")).isEqualTo("FAIL");
        assertThat(check(written, "schema_compatibility")).isEqualTo("FAIL");
        assertThat(written.getString("reason")).contains("tier character varying(20)");
        assertThat(known.getString("status")).isEqualTo("PASS");
    }

    @Test
    void typesAndExtraColumnsOfTheSinkAreChecked() {
        pipeline.source.execute("CREATE TABLE t (id int PRIMARY KEY, v varchar(10)); INSERT INTO t VALUES (1, 'a')");
        pipeline.sink.execute("CREATE TABLE t (id int PRIMARY KEY, v text, extra int); INSERT INTO t VALUES (1, 'a')");

        var report = pipeline.verify();

        assertThat(check(report, "schema_compatibility")).isEqualTo("FAIL");
        assertThat(check(report, "data_integrity")).isEqualTo("PASS");
        assertThat(report.getString("reason")).contains("character varying(10)", "text", "extra");
    }

    @Test
    void aSinkThatRefusesNullWhereTheSourceDoesNotIsDrift() {
        pipeline.source.execute("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a')");
        pipeline.sink.execute("CREATE TABLE t (id int PRIMARY KEY, v text NOT NULL); INSERT INTO t VALUES (1, 'a')");

        var strict = pipeline.verify();
        pipeline.sink.execute("ALTER TABLE t ALTER v DROP NOT NULL");
        pipeline.source.execute("ALTER TABLE t ALTER v SET NOT NULL");
        var free = pipeline.verify();

        assertThat(strict.getString("status")).isEqualTo("FAIL");
        assertThat(strict.getMap("failures[0]"))
                .contains(entry("class", "schema_drift"), entry("table", "t"), entry("count", 1));
        assertThat(strict.getString("reason")).contains("column v may be null at the source and not at the sink");
        assertThat(free.getString("status")).as(free.getString("reason")).isEqualTo("PASS");
    }

    @Test
    void aTableWithRowsThatNobodyCapturesIsAFailure() {
        pipeline.source.execute("CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE empty (id int PRIMARY KEY);"
                + " CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id);"
                + " CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (9); INSERT INTO parted VALUES (1);"
                + " CREATE TABLE audit (id int PRIMARY KEY); DROP PUBLICATION cdc_publication;"
                + " CREATE PUBLICATION cdc_publication FOR TABLE t, parted WITH (publish_via_partition_root)");
        pipeline.sink.execute("CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE parted (id int PRIMARY KEY);"
                + " INSERT INTO parted VALUES (1)");

        var before = pipeline.verify();
        pipeline.source.execute("INSERT INTO audit VALUES (1)");
        var after = pipeline.verify();

        assertThat(before.getString("status")).as(before.getString("reason")).isEqualTo("PASS");
        assertThat(before.getString("checks.find { it.name == 'capture' }.detail"))
                .contains("empty: not in publication", "audit: not in publication")
                .doesNotContain("part:");
        assertThat(after.getString("status")).isEqualTo("FAIL");
        assertThat(check(after, "capture")).isEqualTo("FAIL");
        assertThat(after.getList("failures")).hasSize(1);
        assertThat(after.getMap("failures[0]")).contains(entry("class", "uncaptured_table"), entry("table", "audit"));
    }

    @Test
    void aReplicaIdentityThatMakesWrongKeysIsSaid() {
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY, code int NOT NULL UNIQUE)");
        pipeline.source.execute("ALTER TABLE t REPLICA IDENTITY USING INDEX t_code_key");

        var other = pipeline.verify();
        pipeline.source.execute("ALTER TABLE t REPLICA IDENTITY USING INDEX t_pkey");

        assertThat(other.getString("status")).isEqualTo("FAIL");
        assertThat(other.getString("reason")).contains("t: REPLICA IDENTITY USING INDEX t_code_key");
        assertThat(pipeline.verify().getString("status")).isEqualTo("PASS");
    }

    @Test
    void aTableThatIsStoppedAtTheSinkIsAFailureWithOrWithoutAFence() {
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY)");
        pipeline.sink.execute(
                "CREATE TABLE _cdc.stopped (topic text, partition int, waiting_offset bigint,"
                        + " schema_name text, table_name text, reason text); INSERT INTO _cdc.offsets VALUES ('shop.public.t', 0, 5);"
                        + " INSERT INTO _cdc.stopped VALUES ('shop.public.t', 0, 5, 'public', 't', 'renamed, or dropped and added?')");

        var stopped = pipeline.verify();
        pipeline.sink.execute("UPDATE _cdc.offsets SET next_offset = 6");
        var goesOn = pipeline.verify();

        assertThat(stopped.getString("status")).isEqualTo("FAIL");
        assertThat(stopped.getString("failures[0].class")).isEqualTo("stopped_table");
        assertThat(stopped.getString("reason")).contains("t: stopped at the sink", "renamed, or dropped and added?");
        assertThat(goesOn.getString("status")).isEqualTo("PASS");
    }

    @Test
    void aTableThatTheSinkLacksIsMissingWithAllItsRows() {
        pipeline.source.execute("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3);"
                + " CREATE TABLE e (id int PRIMARY KEY)");

        var report = pipeline.verify();

        assertThat(report.getString("tables.t.status")).isEqualTo("FAIL");
        assertThat(report.getLong("tables.t.missing")).isEqualTo(3);
        assertThat(report.getString("tables.e.status")).isEqualTo("PASS");
    }

    @Test
    void recordsThatTheSinkPutAsideAreAFailure() {
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY)");
        pipeline.sink.execute("INSERT INTO _cdc.parked (topic, partition, \"offset\", reason)"
                + " VALUES ('shop.public.t', 0, 5, 'no such type')");

        var report = pipeline.verify();

        assertThat(report.getString("status")).isEqualTo("FAIL");
        assertThat(report.getLong("summary.parked")).isEqualTo(1);
        assertThat(report.getString("reason")).contains("parked", "no such type");

        pipeline.sink.execute("UPDATE _cdc.parked SET outcome = 'replayed'");
        assertThat(pipeline.verify().getString("status")).isEqualTo("PASS");
    }

    @Test
    void rowsThatASnapshotLeftOutAreNoOrphansUntilTheyAreSwept() {
        pipeline.onBoth("CREATE TABLE t (id int PRIMARY KEY)");
        pipeline.sink.execute("INSERT INTO t VALUES (1);"
                + " INSERT INTO _cdc.snapshots VALUES ('public', 't', 10, true, true, NULL, NULL)");

        var pending = pipeline.verify("1s");
        pipeline.sink.execute("UPDATE _cdc.snapshots SET swept_at = now()");
        var swept = pipeline.verify();

        assertThat(pending.getString("status")).isEqualTo("UNKNOWN");
        assertThat(pending.getString("reason")).contains("public.t");
        assertThat(swept.getString("status")).isEqualTo("FAIL");
    }
}
