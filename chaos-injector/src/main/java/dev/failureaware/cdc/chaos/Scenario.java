package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Duration;
import java.util.List;

/**
 * What will be broken, when, and how the result is judged. Only {@link ScenarioReader} makes one from text, so an instance
 * holds no impossible value; optional parts have their defaults.
 */
@JsonNaming(SnakeCaseStrategy.class)
record Scenario(
        String id, String name, String description, String version, List<Failure> failures, Verification verification) {

    static final Duration DEFAULT_HOLD = Duration.ofSeconds(20);
    static final int DEFAULT_ROWS = 20;
    static final String DEFAULT_COLUMN = "tier";
    static final Duration DEFAULT_TOLERANCE = Duration.ofSeconds(30);
    static final List<String> DEFAULT_TABLES = List.of("customers", "orders", "order_items");

    Scenario {
        failures = List.copyOf(failures);
    }

    /**
     * One fault and its place in the schedule.
     *
     * @param delaySeconds from the due time of the failure before it; of the first, from the start of the run
     * @param durationSeconds how long a lag fault keeps the sink-consumer away
     * @param rows customers that a backfill inserts, each with orders and items
     * @param column name that a schema fault gives the new column; the next free one when it is taken
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Failure(
            String id,
            FaultType type,
            double delaySeconds,
            String description,
            String expectedOutcome,
            double durationSeconds,
            int rows,
            String column) {

        /** A failure with nothing but its kind: at once, with the defaults. */
        static Failure of(String id, FaultType type) {
            return new Failure(id, type, 0, "", "", Scenario.seconds(DEFAULT_HOLD), DEFAULT_ROWS, DEFAULT_COLUMN);
        }

        Duration delay() {
            return Scenario.duration(delaySeconds);
        }

        Duration hold() {
            return Scenario.duration(durationSeconds);
        }
    }

    /**
     * How the outcome is judged. Every comparison is full, all rows and all columns, whatever {@code comparisonMode} says: it
     * is kept as written.
     *
     * @param toleranceSeconds how long after a fault is lifted both sides may still differ
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Verification(List<String> tables, String comparisonMode, double toleranceSeconds, List<Check> checks) {
        Verification {
            tables = List.copyOf(tables);
            checks = List.copyOf(checks);
        }

        static Verification byDefault() {
            return new Verification(DEFAULT_TABLES, "full", Scenario.seconds(DEFAULT_TOLERANCE), Check.all());
        }

        Duration tolerance() {
            return Scenario.duration(toleranceSeconds);
        }
    }

    record Check(String name, String description) {
        /** The checks that the verifier makes. */
        static final List<String> NAMES =
                List.of("row_count_match", "data_integrity", "no_orphans", "schema_compatibility");

        static List<Check> all() {
            return NAMES.stream().map(name -> new Check(name, "")).toList();
        }
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
