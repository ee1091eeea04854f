package dev.failureaware.cdc.sink;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** A table with a column of every type that PostgreSQL's users use, and rows of the values that get bent on the way. */
final class TypeGallery {
    static final String TABLE = "type_gallery";

    /** What the source needs before the table, and the sink too: types of a user are not created by the sink. */
    static final String TYPES = """
            CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS citext;
            CREATE EXTENSION IF NOT EXISTS ltree; CREATE EXTENSION IF NOT EXISTS cube;
            CREATE TYPE mood AS ENUM ('sad', 'so so', 'hap"py,''ä');
            CREATE DOMAIN positive AS int CHECK (value > 0);
            CREATE DOMAIN short AS varchar(5);
            CREATE DOMAIN price AS numeric(8,2);
            CREATE DOMAIN pair AS int[];
            CREATE TYPE address AS (street text, number int);
            CREATE TYPE floatrange AS RANGE (subtype = float8);
            """;

    /** Types that only the source has. */
    static final String TYPES_OF_THE_SOURCE = """
            CREATE TYPE weather AS ENUM ('sun', 'rain');
            CREATE TYPE "Quoted Type" AS (a int, b text);
            """;

    private final Map<String, List<String>> valuesByType = new LinkedHashMap<>();

    TypeGallery() {
        numbers();
        texts();
        times();
        structures();
        arrays();
    }

    private void numbers() {
        of("int2", "-32768", "32767", "0");
        of("int4", "-2147483648", "2147483647");
        of("int8", "-9223372036854775808", "9223372036854775807");
        of(
                "numeric",
                "'NaN'",
                "'Infinity'",
                "'-Infinity'",
                "1e1000",
                "0.00",
                "1e-300",
                "-1234567890123456789.0123456789");
        of("numeric(10,2)", "'NaN'", "12.30", "-99999999.99", "0");
        of("numeric(5)", "12345");
        of("numeric(3,-2)", "12300");
        of("numeric(3,5)", "0.00123");
        of("real", "'NaN'", "'Infinity'", "'-Infinity'", "1.1", "3.4028235e38", "1e-45", "'-0'");
        of(
                "double precision",
                "'NaN'",
                "'Infinity'",
                "'-Infinity'",
                "0.1",
                "1.7976931348623157e308",
                "5e-324",
                "'-0'",
                "1e21");
        of("boolean", "true", "false");
        of("money", "12.34", "-92233720368547758.08", "0");
        of("oid", "0", "4294967295");
        of("xid8", "'18446744073709551615'");
        of("pg_lsn", "'16/B374D848'");
        of("bit", "B'1'", "B'0'");
        of("bit(8)", "B'10000001'", "B'00000000'");
        of("bit(13)", "B'1000000000001'");
        of("bit(70)", "repeat('10', 35)::bit(70)");
    }

    private void texts() {
        of("char(5)", "'ä€😀'", "''", "'a b '");
        of("varchar(20)", "''", "'äöü€😀'", "E'a\\\\b\\n\\t\"''q'", "'null'", "'  '");
        of("varchar", "'NULL'", "'{}'");
        of("text", "''", "'äöü€😀'", "repeat('é', 3000)", "E'\\x01\\x7f'");
        of("bpchar", "'x  '", "''");
        of("\"char\"", "'x'", "''");
        of("name", "'abc'", "'Ä'");
        of("citext", "'AbÄ'", "''");
        of("bytea", "''", "'\\x00ff10'", "('\\x' || repeat('ab', 3000))");
        of("uuid", "'00000000-0000-0000-0000-000000000000'", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'");
        of("mood", "'sad'", "'so so'", "'hap\"py,''ä'");
        of("weather", "'sun'");
        of("positive", "1", "2147483647");
        of("short", "'abc'", "''");
        of("price", "1.50", "'NaN'");
        of("inet", "'10.0.0.1'", "'10.0.0.1/8'", "'::1/64'");
        of("cidr", "'10.0.0.0/8'", "'2001:db8::/32'");
        of("macaddr", "'08:00:2b:01:02:03'");
        of("macaddr8", "'08:00:2b:01:02:03:04:05'");
    }

    private void times() {
        of(
                "date",
                "'infinity'",
                "'-infinity'",
                "'5874897-12-31'",
                "'10000-01-01'",
                "'0001-01-01'",
                "'2024-02-29'",
                "'1582-10-04'");
        of("time", "'00:00'", "'24:00:00'", "'23:59:59.999999'", "'12:34:56.7'");
        of("time(3)", "'00:00'", "'24:00:00'", "'23:59:59.999'");
        of(
                "timestamp",
                "'infinity'",
                "'-infinity'",
                "'4713-01-01 00:00:00 BC'",
                "'0044-03-15 12:00:00.000001 BC'",
                "'10000-01-01'",
                "'1582-10-10 01:02:03'",
                "'2024-02-29 23:59:59.999999'",
                "'1969-12-31 23:59:59.999999'");
        of(
                "timestamp(3)",
                "'infinity'",
                "'-infinity'",
                "'4713-01-01 00:00:00 BC'",
                "'294276-12-31 23:59:59.999'",
                "'1969-12-31 23:59:59.999'");
        of("timestamp(0)", "'infinity'", "'2024-02-29 23:59:59'");
        of(
                "timestamptz",
                "'infinity'",
                "'-infinity'",
                "'4713-01-01 00:00:00+00 BC'",
                "'294276-12-31 23:59:59.999999+00'",
                "'0044-03-15 12:00:00.000001+00 BC'",
                "'10000-01-01 00:00+00'",
                "'2024-02-29 23:59:59.999999+05:30'");
        of("timestamptz(3)", "'infinity'", "'2024-02-29 23:59:59.999+00'", "'0044-03-15 12:00:00.001+00 BC'");
        of(
                "interval",
                "'0'",
                "'-1 year -2 months +3 days -04:05:06.000007'",
                "'1 mon'",
                "'30 days'",
                "'24 hours'",
                "'178000000 years'",
                "'1 day -00:00:00.000001'",
                "'-00:00:00.5'");
        of("interval(3)", "'1.234 s'");
    }

    private void structures() {
        of("json", "'{\"a\":  1, \"a\": 2}'", "'null'", "'\"x\"'", "'1.00'", "'[]'");
        of("jsonb", "'{\"b\":1.10, \"a\": null}'", "'null'", "'\"ä\"'");
        of("jsonpath", "'$.a[*] ? (@ > 2)'");
        of("xml", "'<a b=\"c\">ä&amp;</a>'", "'text<b/>'");
        of("hstore", "''", "'a=>1,b=>NULL'", "'\"ä \\\"q\"=>\"x, y=>\\\\z\"'", "'n=>\"NULL\", longer=>\"\"'");
        of("ltree", "'a.b.c'", "''");
        of("cube", "'(1,2),(3,4)'");
        of("address", "ROW('x, \"y\"', 1)", "ROW(NULL, 2)");
        of("\"Quoted Type\"", "ROW(1, 'x')");
        of("int4range", "'empty'", "'[1,5)'", "'(,3]'", "'(,)'");
        of("int8range", "'[1,9223372036854775807)'");
        of("numrange", "'[1.10,2.0]'");
        of("tsrange", "'[2024-01-01 01:02:03.000004,infinity)'", "'[\"0044-03-15 00:00:00 BC\",)'");
        of("tstzrange", "'[2024-01-01 01:02:03.000004+02,infinity)'", "'empty'");
        of("daterange", "'[2024-01-01,infinity)'", "'[-infinity,2024-01-01)'");
        of("floatrange", "'[1.5,2.5]'");
        of("int4multirange", "'{}'", "'{[1,3),[5,9)}'");
        of("tstzmultirange", "'{[2024-01-01 00:00+00,2024-02-01 00:00+00)}'");
        of("point", "'(1.5,-2)'", "'(NaN,Infinity)'", "'(0.1,1e300)'");
        of("line", "'{1,2,3}'");
        of("lseg", "'[(1,2),(3,4)]'");
        of("box", "'(3,4),(1,2)'");
        of("path", "'[(1,2),(3,4)]'", "'((1,2),(3,4))'");
        of("polygon", "'((1,2),(3,4),(5,6))'");
        of("circle", "'<(1,2),3>'");
        of("tsvector", "'a:1A fat:2,4B'", "''", "'''it''''s'':3'");
        of("tsquery", "'fat & (rat | !cat)'");
    }

    /** Of one dimension, from index 1: others are not carried. */
    private void arrays() {
        of("int2[]", "'{1,NULL,-3}'", "'{}'");
        of("int4[]", "'{1,NULL}'", "'{}'");
        of("int8[]", "'{9223372036854775807,NULL}'");
        of("numeric[]", "'{1.10,NULL,-5}'");
        of("numeric(10,2)[]", "'{1.10,NULL}'");
        of("real[]", "'{1.1,NaN,Infinity,NULL}'");
        of("double precision[]", "'{0.1,NaN,-Infinity,NULL}'");
        of("boolean[]", "'{t,f,NULL}'");
        of("char(5)[]", "'{a,NULL,\"b \"}'");
        of("varchar(20)[]", "'{a,\"\",NULL,\"NULL\",\"x,y{}\\\"\\\\\\\\\"}'");
        of("text[]", "'{a,\"\",NULL,\"NULL\",\"x,y{}\\\"\\\\\\\\\"}'", "'{}'");
        of("bytea[]", "ARRAY['\\x00ff'::bytea, NULL]");
        of("uuid[]", "ARRAY['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, NULL]");
        of("date[]", "'{2024-02-29,infinity,-infinity,NULL}'");
        of("timestamp[]", "'{\"2024-02-29 23:59:59.999999\",infinity,NULL}'");
        of("timestamptz[]", "'{\"2024-02-29 23:59:59.999999+05\",infinity,NULL}'");
        of("json[]", "ARRAY['{\"a\":  1}'::json, NULL]");
        of("jsonb[]", "ARRAY['{\"a\":  1}'::jsonb, NULL]");
        of("inet[]", "'{10.0.0.1/8,NULL}'");
        of("cidr[]", "'{10.0.0.0/8}'");
        of("macaddr[]", "'{08:00:2b:01:02:03}'");
        of("int4range[]", "'{\"[1,5)\",NULL,empty}'");
        of("tstzrange[]", "'{\"[2024-01-01,)\"}'");
        of("int4multirange[]", "'{\"{[1,2)}\"}'");
        of("hstore[]", "ARRAY['a=>1'::hstore, NULL]");
        of("citext[]", "'{AbC,NULL}'");
        of("tsvector[]", "ARRAY['a:1'::tsvector]");
        of("oid[]", "'{4294967295,NULL}'");
        of("\"char\"[]", "'{x}'");
        of("pg_lsn[]", "'{16/B374D848}'");
        of("address[]", "ARRAY[ROW('x', 1)::address]");
        of("pair", "'{1,2}'");
    }

    private void of(String type, String... values) {
        valuesByType.put(type, List.of(values));
    }

    /** Column names say nothing, so that no test can lean on them. */
    Map<String, String> typesByColumn() {
        var types = new LinkedHashMap<String, String>();
        valuesByType.keySet().forEach(type -> types.put("c" + types.size(), type));
        return types;
    }

    String createTable() {
        var columns = new StringJoiner(", ", "CREATE TABLE " + TABLE + " (id int PRIMARY KEY, ", ")");
        typesByColumn().forEach((column, type) -> columns.add(column + " " + type));
        return columns.toString();
    }

    private int rows() {
        return valuesByType.values().stream().mapToInt(List::size).max().orElse(0);
    }

    /** One statement per row; the last row is all nulls. */
    List<String> inserts(int firstId) {
        var statements = new ArrayList<String>();
        for (var row = 0; row <= rows(); row++) {
            var columns = new StringJoiner(", ");
            var values = new StringJoiner(", ");
            columns.add("id");
            values.add(Integer.toString(firstId + row));
            for (var given : given(row).entrySet()) {
                columns.add(given.getKey());
                values.add(given.getValue());
            }
            statements.add("INSERT INTO " + TABLE + " (" + columns + ") VALUES (" + values + ")");
        }
        return statements;
    }

    List<String> updates(int firstId) {
        var statements = new ArrayList<String>();
        for (var row = 0; row < rows(); row++) {
            var set = new StringJoiner(", ");
            given(row).forEach((column, value) -> set.add(column + " = " + value));
            statements.add("UPDATE " + TABLE + " SET " + set + " WHERE id = " + (firstId + row));
        }
        return statements;
    }

    private Map<String, String> given(int row) {
        var given = new LinkedHashMap<String, String>();
        var column = 0;
        for (var of : valuesByType.entrySet()) {
            if (row < of.getValue().size()) {
                given.put("c" + column, "(" + of.getValue().get(row) + ")::" + of.getKey());
            }
            column++;
        }
        return given;
    }
}
