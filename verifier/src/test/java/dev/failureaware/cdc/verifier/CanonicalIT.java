package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which values are the same and which are not, for each type, in databases with other settings. */
class CanonicalIT {
    private static final String TYPES = """
            CREATE EXTENSION citext SCHEMA public; CREATE EXTENSION hstore SCHEMA public;
            CREATE TYPE public.mood AS ENUM (%s);
            CREATE DOMAIN public.amount AS numeric(10,2); CREATE DOMAIN public.any_numeric AS numeric;
            CREATE DOMAIN public.short AS varchar(10); CREATE DOMAIN public.shorter AS public.short CHECK (VALUE <> 'no');
            CREATE TYPE public.pair AS (a numeric, b public.citext);
            CREATE COLLATION public.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)""";

    private TestComparison databases;

    /** @param atSink a type's name where the sink's column has another type */
    private record Values(String type, String source, String atSink, String sink) {
        static Values of(String type, String source, String sink) {
            return new Values(type, source, type, sink);
        }

        @Override
        public String toString() {
            return type + " " + source + " | " + atSink + " " + sink;
        }
    }

    /** Each of these is the same value on both sides. */
    private static final List<Values> SAME = List.of(
            Values.of("int4", "NULL", "NULL"),
            Values.of("int8", "-9223372036854775808", "-9223372036854775808"),
            new Values("int4", "-7", "int8", "-7"),
            new Values("int2", "7", "int4", "7"),
            new Values("int8", "5000000000", "numeric", "5000000000.00"),
            new Values("varchar(20)", "'ä b '", "text", "'ä b '"),
            new Values("name", "'n'", "varchar(63)", "'n'"),
            new Values("public.citext", "'AbC'", "text", "'AbC'"),
            new Values("text COLLATE \"C\"", "'Straße'", "text COLLATE public.nocase", "'Straße'"),
            new Values("numeric(10,2)", "1.50", "numeric(12,4)", "1.5"),
            new Values("numeric(10,2)", "-0.10", "numeric", "-0.1"),
            new Values("numeric(10,2)", "0", "numeric", "0"),
            new Values("public.amount", "100", "numeric(10,2)", "100.00"),
            new Values("public.shorter", "'x'", "text", "'x'"),
            Values.of("numeric", "'NaN'", "'NaN'"),
            Values.of("numeric", "'-Infinity'", "'-Infinity'"),
            Values.of("float8", "0.1::float8 + 0.2::float8", "0.30000000000000004"),
            Values.of("float8", "'NaN'", "'Infinity'::float8 - 'Infinity'::float8"),
            Values.of("timestamptz", "'2026-03-29 01:30:00.123456+00'", "'2026-03-29 07:15:00.123456+05:45'"),
            new Values("timestamptz(3)", "'2026-01-01 00:00:00.120+00'", "timestamptz", "'2026-01-01 00:00:00.12+00'"),
            Values.of("timestamptz", "'infinity'", "'infinity'"),
            Values.of("timestamp", "timestamp '0044-03-15 12:00 BC'", "timestamp '0044-03-15 12:00 BC'"),
            Values.of("date", "date '2026-01-02'", "date '2026-01-02'"),
            Values.of("time", "'24:00:00'", "'24:00:00'"),
            Values.of("timetz", "'12:00+02'", "'12:00+02'"),
            Values.of("interval", "'1 mon -3 days 04:05:06.7'", "'P1M-3DT4H5M6.7S'"),
            Values.of("bytea", "'\\x00ff5c'", "'\\x00ff5c'"),
            Values.of("char(4)", "'ab'", "'ab  '"),
            new Values("char(4)", "'ab'", "char(8)", "'ab'"),
            Values.of("jsonb", "'{\"b\": 1, \"a\": [1.0]}'", "'{\"a\":[1.0],\"b\":1}'"),
            Values.of("public.hstore", "'a=>1, b=>NULL'", "'b=>NULL, a=>1'"),
            Values.of("public.mood", "'happy'", "'happy'"),
            new Values("public.mood", "'sad'", "text", "'sad'"),
            Values.of("public.pair", "'(1.0,x)'", "'(1.0,x)'"),
            Values.of("text[]", "'{a,NULL,\"\"}'", "'{a,NULL,\"\"}'"),
            Values.of("timestamptz[]", "'{2026-01-01 00:00:00+00}'", "'{2026-01-01 05:45:00+05:45}'"),
            Values.of("tstzrange", "'[2026-01-01 00:00:00+00,)'", "'[2026-01-01 05:45:00+05:45,)'"),
            Values.of("int4range", "'[1,3]'", "'[1,4)'"),
            Values.of("inet", "'10.0.0.1'", "'10.0.0.1/32'"),
            Values.of("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'a0eebc999c0b4ef8bb6d6bb9bd380a11'"),
            Values.of("bit(3)", "B'101'", "B'101'"),
            Values.of("xml", "'<a/>'", "'<a/>'"));

    /** None of these is; many have the same hash or are equal to the operator. */
    private static final List<Values> OTHER = List.of(
            Values.of("int4", "0", "NULL"),
            Values.of("text", "''", "NULL"),
            Values.of("bool", "false", "NULL"),
            Values.of("int8", "-1", "4294967295"),
            Values.of("int8", "1", "4294967296"),
            new Values("int4", "-1", "int8", "4294967295"),
            Values.of("numeric(10,2)", "5", "-5"),
            Values.of("numeric(10,2)", "1.25", "1.26"),
            Values.of("numeric(10,2)", "'NaN'", "0"),
            Values.of("numeric", "1.0", "1.00"),
            Values.of("numeric", "0", "0.000"),
            Values.of("numeric", "'NaN'", "'Infinity'"),
            Values.of("numeric", "'Infinity'", "'-Infinity'"),
            new Values("numeric(10,2)", "-1.50", "numeric(12,4)", "1.5"),
            new Values("int4", "1", "numeric", "1.01"),
            Values.of("float8", "0.0", "'-0'"),
            Values.of("float8", "0.1", "0.10000000000000002"),
            Values.of("float8", "'NaN'", "'Infinity'"),
            Values.of("float4", "0", "'-0'"),
            Values.of("text", "'a'", "'a '"),
            Values.of("text COLLATE public.nocase", "'abc'", "'ABC'"),
            Values.of("public.citext", "'abc'", "'ABC'"),
            Values.of("varchar(5)", "U&'\\00e9'", "U&'e\\0301'"),
            Values.of("bpchar", "'a'", "'a '"),
            Values.of("char(4)", "'ab'", "'abc'"),
            Values.of("timestamptz", "'2026-01-01 00:00:00+00'", "'2026-01-01 00:00:00.000001+00'"),
            Values.of("timestamptz", "'2026-01-01 00:00:00+00'", "'2026-01-01 00:00:00+01'"),
            Values.of("timestamp", "timestamp '2000-01-01 00:00:00.000001'", "timestamp '2000-01-01 01:11:34.967296'"),
            new Values("timestamp", "'2026-01-01 00:00:00'", "timestamptz", "'2026-01-01 00:00:00+00'"),
            Values.of("timestamp", "'infinity'", "'-infinity'"),
            Values.of("time", "'00:00:00'", "'24:00:00'"),
            Values.of("timetz", "'12:00+02'", "'10:00+00'"),
            Values.of("date", "date '2026-01-02'", "date '2026-02-01'"),
            Values.of("interval", "'1 day'", "'24 hours'"),
            Values.of("interval", "'1 mon'", "'30 days'"),
            Values.of("json", "'{\"a\":1}'", "'{\"a\": 1}'"),
            Values.of("jsonb", "'1.0'", "'1.00'"),
            Values.of("public.mood", "'happy'", "'sad'"),
            Values.of("public.pair", "'(1.0,x)'", "'(1.00,x)'"),
            Values.of("public.pair", "'(1,x)'", "'(1,X)'"),
            Values.of("public.any_numeric", "1.0", "1.00"),
            Values.of("numeric[]", "'{1.0}'", "'{1.00}'"),
            Values.of("float8[]", "'{0}'", "'{-0}'"),
            Values.of("interval[]", "'{1 day}'", "'{24 hours}'"),
            Values.of("int4[]", "'{1,2}'", "'[0:1]={1,2}'"),
            Values.of("text[]", "'{NULL}'", "'{\"NULL\"}'"),
            Values.of("numrange", "'[1.0,2)'", "'[1.00,2)'"),
            Values.of("int4range", "'empty'", "NULL"),
            Values.of("inet", "'10.0.0.0/8'", "'10.0.0.0/9'"),
            Values.of("bit varying", "B'1'", "B'10'"),
            Values.of("bytea", "'\\x00'", "'\\x0000'"),
            Values.of("point", "'(0,1)'", "'(1,0)'"),
            Values.of("\"char\"", "'a'", "'b'"),
            Values.of("money", "1.00", "-1.00"));

    /** Types that keys have: a key of both sides, one that the sink lacks, one that only the sink has. */
    private static final List<String[]> KEYS = List.of(
            new String[] {"int2", "1", "2", "-3"},
            new String[] {"int4", "1", "2", "-3"},
            new String[] {"int8", "1", "-1", "4294967295"},
            new String[] {"uuid", "md5('1')::uuid", "md5('2')::uuid", "md5('3')::uuid"},
            new String[] {"text", "'a'", "'b'", "'B'"},
            new String[] {"varchar(3)", "'a'", "''", "'B'"},
            new String[] {"char(3)", "'a'", "'b'", "'B'"},
            new String[] {"public.citext", "'a'", "'b'", "'B'"},
            new String[] {"public.short", "'a'", "'b'", "'B'"},
            new String[] {"text COLLATE public.nocase", "'a'", "'b'", "'B'"},
            new String[] {"numeric", "1", "5.0", "5.00"},
            new String[] {"numeric(8,2)", "1", "5", "-5"},
            new String[] {"float8", "1", "0", "'-0'"},
            new String[] {"date", "date '2026-01-01'", "date '2026-01-02'", "'infinity'"},
            new String[] {"timestamptz", "'2026-01-01 00:00+00'", "'2026-01-02 00:00+00'", "'2026-01-02 00:00+01'"},
            new String[] {"timestamp", "timestamp '2026-01-01'", "timestamp '2026-01-02'", "'-infinity'"},
            new String[] {"time", "'01:00'", "'02:00'", "'24:00'"},
            new String[] {"interval", "'1 hour'", "'1 day'", "'24 hours'"},
            new String[] {"bytea", "'\\x'", "'\\x00'", "'\\x01'"},
            new String[] {"bool", "true", "false", "NULL"},
            new String[] {"public.mood", "'happy'", "'sad'", "'calm'"},
            new String[] {"inet", "'10.0.0.1'", "'10.0.0.2'", "'10.0.0.2/8'"},
            new String[] {"int4[]", "'{1}'", "'{2}'", "'{}'"},
            new String[] {"jsonb", "'1'", "'2'", "'\"2\"'"},
            new String[] {"public.pair", "'(1,a)'", "'(2,a)'", "'(2,A)'"});

    @BeforeEach
    void start() {
        databases = new TestComparison();
        databases.source.execute(TYPES.formatted("'happy', 'sad'"));
        databases.sink.execute(TYPES.formatted("'calm', 'sad', 'happy'"));
    }

    @AfterEach
    void stop() {
        databases.close();
    }

    @Test
    void theSameValueIsTheSameWhateverItsTypeAndTheSettings() {
        create(SAME);

        var report = databases.compare();

        assertThat(unequal(report, SAME)).as(String.valueOf(report.reason())).isEmpty();
    }

    @Test
    void whatIsNearlyTheSameIsNot() {
        create(OTHER);

        var report = databases.compare();

        assertThat(unequal(report, OTHER)).containsExactlyElementsOf(OTHER);
        assertThat(report.tables().values())
                .allSatisfy(table -> assertThat(table.differences())
                        .singleElement()
                        .satisfies(difference -> assertThat(difference.columns())
                                .as(difference.toString())
                                .containsExactly("v")));
    }

    @Test
    void rowsAreFoundByKeysOfAnyType() {
        for (var i = 0; i < KEYS.size(); i++) {
            var key = KEYS.get(i);
            var nullable = key[3].equals("NULL");
            databases.source.execute(
                    "CREATE TABLE public.t%d (k %s PRIMARY KEY, v int); INSERT INTO public.t%d VALUES (%s, 1), (%s, 2)"
                            .formatted(i, key[0], i, key[1], key[2]));
            databases.sink.execute(
                    "CREATE TABLE public.t%d (k %s %s, v int); INSERT INTO public.t%d VALUES (%s, 1), (%s, 3)"
                            .formatted(i, key[0], nullable ? "" : "PRIMARY KEY", i, key[1], key[3]));
        }

        var report = databases.compare();

        for (var i = 0; i < KEYS.size(); i++) {
            var table = report.tables().get("t" + i);
            assertThat(List.of(table.missing(), table.orphans(), table.mismatches()))
                    .as("%s: %s, %s", KEYS.get(i)[0], table, report.reason())
                    .containsExactly(1L, 1L, 0L);
            assertThat(table.differences()).extracting(Difference::kind).containsExactlyInAnyOrder("missing", "orphan");
        }
    }

    @Test
    void valuesThatTwoRowsSwappedDiffer() {
        databases.onBoth("CREATE TABLE public.t (id int PRIMARY KEY, a int NOT NULL, b text);"
                + " INSERT INTO public.t SELECT i, i, 'b' || i FROM generate_series(1, 20000) i");
        // Two rows of one bucket, whose sum of columns is the same as before.
        databases.sink.execute("""
                WITH pair AS (SELECT min(id) AS one, max(id) AS other FROM public.t
                    GROUP BY hashint4extended(id, 0) & 4095 HAVING count(*) > 1 ORDER BY 1 LIMIT 1)
                UPDATE public.t SET b = (SELECT s.b FROM public.t s WHERE s.id = one + other - t.id)
                FROM pair WHERE t.id IN (one, other)""");

        assertThat(databases.compare().tables().get("t").mismatches()).isEqualTo(2);
    }

    /** Whose hashes are the seed itself and its neighbour. */
    @Test
    void nanAndZeroThatTwoRowsSwappedDiffer() {
        databases.onBoth("CREATE TABLE public.t (id int PRIMARY KEY, a numeric(8,2) NOT NULL); INSERT INTO public.t"
                + " SELECT i, CASE WHEN i % 2 = 0 THEN 0 ELSE 'NaN'::numeric END FROM generate_series(1, 20000) i");
        databases.sink.execute("""
                WITH pair AS (SELECT min(id) FILTER (WHERE id % 2 = 0) AS one, min(id) FILTER (WHERE id % 2 = 1) AS other FROM public.t
                    GROUP BY hashint4extended(id, 0) & 4095 HAVING count(DISTINCT id % 2) = 2 ORDER BY 1 LIMIT 1)
                UPDATE public.t SET a = (SELECT s.a FROM public.t s WHERE s.id = one + other - t.id)
                FROM pair WHERE t.id IN (one, other)""");

        assertThat(databases.compare().tables().get("t").mismatches()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'same'", "NULL"})
    void aKeyInTheBucketOfAnotherDoesNotStandForIt(String value) {
        databases.onBoth("CREATE TABLE public.t (id int PRIMARY KEY, v text);"
                + " INSERT INTO public.t SELECT i, %s FROM generate_series(1, 20000) i".formatted(value));
        var pair = "(SELECT %s FROM generate_series(1, 20000) i GROUP BY hashint4extended(i, 0) & 4095"
                + " HAVING count(*) > 1 ORDER BY min(i) LIMIT 1)";
        databases.source.execute("DELETE FROM public.t WHERE id = " + pair.formatted("min(i)"));
        databases.sink.execute("DELETE FROM public.t WHERE id = " + pair.formatted("max(i)"));

        var table = databases.compare().tables().get("t");

        assertThat(List.of(table.missing(), table.orphans(), table.mismatches()))
                .containsExactly(1L, 1L, 0L);
    }

    @Test
    void rowsOfATableWithoutAKeyMayNotSwapValuesNorBeDoubled() {
        databases.onBoth(
                "CREATE TABLE public.t (a int, b text); INSERT INTO public.t VALUES (1, 'x'), (2, 'y'), (3, 'z'), (3, 'z')");
        databases.sink.execute(
                "UPDATE public.t SET a = 3 - a WHERE a < 3; INSERT INTO public.t VALUES (3, 'z'), (3, 'z')");

        var table = databases.compare().tables().get("t");

        assertThat(List.of(table.missing(), table.orphans())).containsExactly(2L, 4L);
    }

    private void create(List<Values> values) {
        for (var i = 0; i < values.size(); i++) {
            var value = values.get(i);
            var sql =
                    "SET search_path = public; SET DateStyle = 'ISO, YMD'; CREATE TABLE t%d (id int PRIMARY KEY, v %s); INSERT INTO t%d VALUES (1, %s)";
            databases.source.execute(sql.formatted(i, value.type, i, value.source));
            databases.sink.execute(sql.formatted(i, value.atSink, i, value.sink));
        }
    }

    private static List<Values> unequal(Report report, List<Values> values) {
        var unequal = new ArrayList<Values>();
        IntStream.range(0, values.size())
                .filter(i ->
                        !Long.valueOf(0).equals(report.tables().get("t" + i).mismatches()))
                .forEach(i -> unequal.add(values.get(i)));
        return unequal;
    }
}
