package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.Verdict;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers of two versions: both must hash the same value to the same, of each type that is hashed in a way of its own. */
class VersionsIT {
    /** What the build copies there. */
    private static final Path OLDER_BINARIES = Path.of("target", "older-postgresql", "binaries.jar");

    private static final String TABLE = """
            CREATE TABLE public.t (id uuid PRIMARY KEY, i2 int2, i4 int4, i8 int8, o oid, b bool, d date, ts timestamp, tz timestamptz,
                ti time, f4 float4, f8 float8, n numeric, n2 numeric(12,2), tx text, vc varchar(20), bp char(9), by bytea, ip inet,
                iv interval, jb jsonb, ta text[]);
            INSERT INTO public.t SELECT md5(i::text)::uuid, i % 30000, -i, i::int8 << 28, i, i % 2 = 0, date '1960-01-01' + i * 9,
                timestamp '1960-01-01' + i * interval '3.1 days', timestamptz '1960-01-01 00:00+00' + i * interval '3.1 days',
                time '00:00' + i * interval '3.3 s', i / 3.0, i / 7.0, i / 11.0, (i - 5000) / 4.0, 'text ' || i, 'v' || i, 'c' || i,
                decode(md5(i::text), 'hex'), '10.0.0.0'::inet + i, i * interval '3 hours', jsonb_build_object('i', i), ARRAY['a' || i]
                FROM generate_series(1, 10000) i;
            INSERT INTO public.t (id) VALUES (md5('nothing but a key')::uuid);
            INSERT INTO public.t (id, d, ts, tz, f4, f8, n, n2) VALUES (md5('all beyond')::uuid, 'infinity', '-infinity', 'infinity',
                '-Infinity', 'NaN', 'NaN', 'NaN')""";

    /** A change of each column, each of a row of its own. */
    private static final List<String> CHANGES = List.of(
            "i2 = -i2",
            "i4 = -i4",
            "i8 = ~i8",
            "o = 7",
            "b = NOT b",
            "d = '-infinity'",
            "ts = ts + interval '1 us'",
            "tz = tz - interval '1 us'",
            "ti = '24:00'",
            "f4 = -f4",
            "f8 = NULL",
            "n = -n",
            "n2 = 'NaN'",
            "tx = tx || ' '",
            "vc = upper(vc)",
            "bp = NULL",
            "by = by || '\\x00'",
            "ip = set_masklen(ip, 8)",
            "iv = iv * 1.5",
            "jb = '{}'",
            "ta = ARRAY[ta]");

    private EmbeddedPostgres older;
    private TestComparison databases;

    @BeforeEach
    void start() throws IOException {
        older = EmbeddedPostgres.builder()
                .setPgBinaryResolver((system, machine) -> olderBinaries())
                .start();
        databases = new TestComparison(
                new TestDatabase("127.0.0.1", older.getPort(), "postgres", "postgres", "any password"),
                TestPostgres.freshDatabase());
        databases.onBoth(TABLE);
    }

    @AfterEach
    void stop() throws IOException {
        databases.close();
        older.close();
    }

    @Test
    void equalRowsAreEqualAndEachChangeIsFound() {
        var equal = databases.compare();
        for (var i = 0; i < CHANGES.size(); i++) {
            databases.sink.execute(
                    "UPDATE public.t SET %s WHERE id = md5('%d')::uuid".formatted(CHANGES.get(i), 100 * i + 51));
        }

        var different = databases.compare();

        assertThat(databases.source.value("SHOW server_version").toString()).startsWith("15.");
        assertThat(databases.sink.value("SHOW server_version").toString()).startsWith("18.");
        assertThat(equal.status()).as(String.valueOf(equal.reason())).isEqualTo(Verdict.PASS);
        assertThat(equal.tables().get("t").counts()).isEqualTo(new Report.Counts(10_002L, 10_002L));
        assertThat(different.tables().get("t").mismatches()).isEqualTo(CHANGES.size());
    }

    private static InputStream olderBinaries() throws IOException {
        var jar = new JarInputStream(Files.newInputStream(OLDER_BINARIES));
        for (var entry = jar.getNextJarEntry(); entry != null; entry = jar.getNextJarEntry()) {
            if (entry.getName().endsWith(".txz")) {
                return jar;
            }
        }
        jar.close();
        throw new IOException("no archive in " + OLDER_BINARIES);
    }
}
