package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.failureaware.cdc.chaos.platform.Capability;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The ways to break the path, under the names a scenario file uses. */
enum FaultType {
    /** The Connect worker is killed. */
    RESTART(Capability.WORKER),
    /** The sink-consumer is away for a while. */
    LAG(Capability.SINK_CONSUMER),
    /** A table gains a column. */
    SCHEMA(),
    /** The connector forgets its offsets and reads everything again. */
    DUPLICATE(Capability.CONNECTOR),
    /** Old business data arrives as new rows. */
    BACKFILL();

    private final Set<Capability> needs;

    FaultType(Capability... needs) {
        this.needs = Set.of(needs);
    }

    /** What it asks of the platform; SQL alone asks for nothing. */
    Set<Capability> needs() {
        return needs;
    }

    @JsonValue
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<FaultType> of(String id) {
        return Arrays.stream(values()).filter(type -> type.id().equals(id)).findFirst();
    }

    static String allowed() {
        return Arrays.stream(values()).map(FaultType::id).collect(Collectors.joining(", ", "one of ", ""));
    }
}
