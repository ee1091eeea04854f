package dev.failureaware.cdc.stack;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The supervised processes. Declared so that a part comes after those it needs: stopping goes backwards. */
enum Part {
    SOURCE("source"),
    SINK("sink"),
    KAFKA("kafka"),
    CONNECT("connect"),
    SINK_CONSUMER("sink-consumer"),
    VERIFIER("verifier"),
    LOAD_GENERATOR("load-generator"),
    CHAOS_INJECTOR("chaos-injector");

    private final String label;

    Part(String label) {
        this.label = label;
    }

    /** The name in the control API, in log file names and on the terminal; for a service also its module's name. */
    String label() {
        return label;
    }

    static Optional<Part> of(String label) {
        return Arrays.stream(values()).filter(part -> part.label.equals(label)).findFirst();
    }

    static List<Part> inStopOrder() {
        var parts = Arrays.asList(values().clone());
        Collections.reverse(parts);
        return parts;
    }

    static List<Part> services() {
        return List.of(SINK_CONSUMER, VERIFIER, LOAD_GENERATOR, CHAOS_INJECTOR);
    }
}
