package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.verifier.SchemaDrift.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SchemaDriftTest {
    private static final TableId T = new TableId("public", "t");
    private static final Column ID = new Column("id", "integer", true, 900, ColumnType.builtIn("int4"));

    @Test
    void equalShapesDoNotDrift() {
        assertThat(SchemaDrift.between(table(ID), Optional.of(table(ID)))).isEmpty();
    }

    @Test
    void everyKindIsFound() {
        var source = table(ID, column("a", "text", 5), column("b", "numeric(10,2)", 5));
        var sink = table(ID, column("b", "numeric", 5), column("c", "text", 5));

        assertThat(SchemaDrift.between(source, Optional.of(sink)))
                .extracting(SchemaDrift::kind, SchemaDrift::column)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Kind.MISSING_COLUMN, "a"),
                        org.assertj.core.groups.Tuple.tuple(Kind.OTHER_TYPE, "b"),
                        org.assertj.core.groups.Tuple.tuple(Kind.EXTRA_COLUMN, "c"));
        assertThat(SchemaDrift.between(source, Optional.empty()))
                .extracting(SchemaDrift::kind)
                .containsExactly(Kind.MISSING_TABLE);
    }

    @Test
    void sixDigitsOfASecondAreAllThatATypeHasAnyway() {
        var source =
                table(ID, column("a", "timestamp with time zone", 5), column("b", "timestamp(3) with time zone", 5));
        var sink =
                table(ID, column("a", "timestamp(6) with time zone", 5), column("b", "timestamp(6) with time zone", 5));

        assertThat(SchemaDrift.between(source, Optional.of(sink)))
                .extracting(SchemaDrift::column)
                .containsExactly("b");
    }

    @Test
    void theSinkMustKnowAColumnOnceARowWasWrittenAfterIt() {
        var drift = SchemaDrift.between(table(ID, column("a", "text", 5)), Optional.of(table(ID)))
                .get(0);

        assertThat(drift.mustBeKnownToTheSink(4)).isTrue();
        assertThat(drift.mustBeKnownToTheSink(5))
                .as("rewritten by the ALTER itself")
                .isFalse();
        assertThat(drift.mustBeKnownToTheSink(Integer.MAX_VALUE)).as("no rows").isFalse();
    }

    @Test
    void noEventExplainsAnExtraColumn() {
        var drift = SchemaDrift.between(table(ID), Optional.of(table(ID, column("x", "text", 1))))
                .get(0);

        assertThat(drift.mustBeKnownToTheSink(Integer.MAX_VALUE)).isTrue();
    }

    @Test
    void aSinkThatIsFreeToHoldNullAndOtherKeysAreOnlyReported() {
        var sink = new TableShape(
                T, List.of(new Column("id", "integer", false, 1, ColumnType.builtIn("int4"))), List.of());

        assertThat(SchemaDrift.between(table(ID), Optional.of(sink))).isEmpty();
        assertThat(SchemaDrift.notes(table(ID), sink)).hasSize(2);
    }

    private static Column column(String name, String type, int age) {
        return new Column(name, type, false, age, ColumnType.builtIn("text"));
    }

    private static TableShape table(Column... columns) {
        return new TableShape(T, List.of(columns), List.of("id"));
    }
}
