package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.Verdict;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done with large tables, done with small ones and small limits: parts of buckets, ranges of keys, portions. */
class LargeTablesIT {
    private static final String ROWS =
            "SELECT g, (CASE WHEN g % 2 = 0 THEN 'Key ' ELSE 'key_' END) || md5(g::text) AS k, 'v' || g FROM generate_series(1, 6000) g";
    private static final Comparison.Limits SMALL_PORTIONS = new Comparison.Limits(1_000_000, 300, 100);
    private static final Comparison.Limits SMALL_STATEMENTS = new Comparison.Limits(500, 100_000, 50_000);
    private static final Comparison.Limits ALL_SMALL = new Comparison.Limits(2000, 100, 70);

    private TestComparison databases;

    @BeforeEach
    void start() {
        databases = new TestComparison();
        databases.onBoth("CREATE TABLE public.t (n int NOT NULL, k text NOT NULL, v text, PRIMARY KEY (n, k))");
    }

    @AfterEach
    void stop() {
        databases.close();
    }

    @Test
    void totalsAreExactWhereDifferencesAreAllOverTheTable() {
        fill("n, k");

        assertTotalsAreExactWith(SMALL_PORTIONS);
    }

    @Test
    void aTableIsReadInRangesOfItsKey() {
        fill("n, k");

        assertTotalsAreExactWith(SMALL_STATEMENTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"k", "k, n"})
    void serversMayOrderKeysDifferently(String key) {
        fill(key);
        databases.source.execute("ALTER TABLE public.t ALTER k TYPE text COLLATE \"C\"");
        databases.sink.execute("ALTER TABLE public.t ALTER k TYPE text COLLATE \"und-x-icu\"");

        assertTotalsAreExactWith(ALL_SMALL);
    }

    @Test
    void aSinkWithoutAnIndexIsReadAllTheSame() {
        fill("n, k");
        databases.sink.execute("ALTER TABLE public.t DROP CONSTRAINT t_pkey");

        assertTotalsAreExactWith(ALL_SMALL);
    }

    @Test
    void aTableWithoutAKeyIsSettledInPortions() {
        fill("n, k");
        databases.onBoth("ALTER TABLE public.t DROP CONSTRAINT t_pkey");
        breakSink();

        var table = databases.compare(SMALL_PORTIONS).tables().get("t");

        assertThat(List.of(table.missing(), table.orphans())).containsExactly(1500L + 2000, 700L + 2000);
    }

    @Test
    void partitionsAreReadThroughTheirTable() {
        databases.onBoth(
                "DROP TABLE public.t; CREATE TABLE public.t (n int, k text, v text, PRIMARY KEY (n, k)) PARTITION BY RANGE (n);"
                        + " CREATE TABLE public.t1 PARTITION OF public.t FOR VALUES FROM (0) TO (3000);"
                        + " CREATE TABLE public.t2 PARTITION OF public.t FOR VALUES FROM (3000) TO (100000)");
        databases.onBoth("INSERT INTO public.t " + ROWS);
        databases.onBoth("ANALYZE public.t");

        assertTotalsAreExactWith(ALL_SMALL);
    }

    private void fill(String key) {
        databases.onBoth(
                "ALTER TABLE public.t DROP CONSTRAINT t_pkey; ALTER TABLE public.t ADD PRIMARY KEY (%s); INSERT INTO public.t "
                                .formatted(key)
                        + ROWS);
        databases.onBoth("ANALYZE public.t");
    }

    private void breakSink() {
        databases.sink.execute("DELETE FROM public.t WHERE n <= 1500; UPDATE public.t SET v = 'w' WHERE n > 4000;"
                + " INSERT INTO public.t SELECT 10000 + g, 'orphan ' || g, 'v' FROM generate_series(1, 700) g");
    }

    private void assertTotalsAreExactWith(Comparison.Limits limits) {
        var equal = databases.compare(limits);
        breakSink();

        var broken = databases.compare(limits);

        assertThat(equal.status()).as(equal.reason()).isEqualTo(Verdict.PASS);
        assertThat(equal.tables().get("t").counts()).isEqualTo(new Report.Counts(6000L, 6000L));
        var table = broken.tables().get("t");
        assertThat(table.status()).isEqualTo(Verdict.FAIL);
        assertThat(List.of(table.missing(), table.orphans(), table.mismatches()))
                .as(broken.reason())
                .containsExactly(1500L, 700L, 2000L);
        assertThat(table.atLeast()).isFalse();
        assertThat(table.counts()).isEqualTo(new Report.Counts(6000L, 5200L));
        assertThat(table.differences())
                .hasSize(20)
                .extracting(Difference::kind)
                .contains("missing", "mismatch", "orphan");
    }
}
