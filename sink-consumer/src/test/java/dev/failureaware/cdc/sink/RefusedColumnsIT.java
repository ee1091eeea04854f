package dev.failureaware.cdc.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.test.TestPostgres;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The question that is asked of the source's catalog before the connector is deployed. */
class RefusedColumnsIT {
    @Test
    void theCatalogTellsWhatCannotBeCarriedAndNothingElse() {
        var source = TestPostgres.freshDatabase().withSourceSchema();
        source.execute(TypeGallery.TYPES + TypeGallery.TYPES_OF_THE_SOURCE + new TypeGallery().createTable() + """
                ; CREATE DOMAIN image AS bytea; CREATE DOMAIN at AS timetz;
                CREATE TABLE refused (id int PRIMARY KEY, c1 timetz, c2 timetz[], c3 varbit, c4 varbit(3)[], c5 bit(3)[],
                    c6 time[], c7 interval[], c8 xml[], c9 money[], c10 point[], c11 name[], c12 mood[], c13 ltree[],
                    c14 box[], c15 positive[], c16 image, c17 at, c18 int GENERATED ALWAYS AS (id * 2) STORED,
                    c19 numeric[], c20 path);
                ALTER TABLE type_gallery REPLICA IDENTITY FULL;
                ALTER PUBLICATION cdc_publication ADD TABLE refused, type_gallery;""");

        var answer = source.queryFile("connector/refused-columns.sql");

        assertThat(answer)
                .extracting(row -> row.get("table_name") + "." + row.get("column_name"))
                .containsExactly(IntStream.rangeClosed(1, 20)
                        .mapToObj(i -> "refused.c" + i)
                        .toArray(String[]::new));
        assertThat(answer.get(0).get("way_out")).asString().contains("column.exclude.list=public.refused.c1");
        assertThat(answer.get(19).get("way_out"))
                .asString()
                .startsWith("ALTER TABLE public.refused REPLICA IDENTITY FULL");
    }
}
