package dev.failureaware.cdc.sink.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.sink.apply.SqlType.Change;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a change of type does to values, as the sink's catalog and the events write the types. */
class SqlTypeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "integer | int4 | NONE",
                "character varying(20) | varchar(20) | NONE",
                "character varying(20)[] | varchar(20)[] | NONE",
                "timestamp(3) without time zone | timestamp(3) | NONE",
                "timestamp with time zone | timestamptz | NONE",
                "numeric(5,0) | numeric(5) | NONE",
                "numeric(3,-2) | numeric(3,-2) | NONE",
                "interval(3) | interval(3) | NONE",
                "\"char\" | \"char\" | NONE",
                "smallint | int4 | WIDENING",
                "integer | int8 | WIDENING",
                "bigint | numeric | WIDENING",
                "real | float8 | WIDENING",
                "character varying(20) | varchar(21) | WIDENING",
                "character varying(20) | varchar | WIDENING",
                "character varying | text | WIDENING",
                "numeric(10,2) | numeric(12,3) | WIDENING",
                "numeric(10,2) | numeric | WIDENING",
                "timestamp(3) without time zone | timestamp | WIDENING",
                "timestamp(0) with time zone | timestamptz(3) | WIDENING",
                "bigint | int4 | NARROWING",
                "double precision | float4 | NARROWING",
                "text | varchar(5) | NARROWING",
                "numeric(10,2) | numeric(9,1) | NARROWING",
                "numeric(10,2) | numeric(10,1) | OTHER",
                "numeric | numeric(10,2) | NARROWING",
                "timestamp without time zone | timestamp(0) | NARROWING",
                "numeric(10,2) | numeric(10,3) | OTHER",
                "bigint | numeric(30,0) | OTHER",
                "character(3) | bpchar(5) | OTHER",
                "integer | text | OTHER",
                "text | text[] | OTHER",
                "date | timestamp | OTHER",
            })
    void aChangeIsWideningOnlyWhenNoValueCanBeLost(String sink, String source, Change change) {
        assertThat(SqlType.parse(sink).to(SqlType.parse(source))).isEqualTo(change);
    }
}
