package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;

/**
 * A part of the pipeline at one look, in words.
 *
 * @param word what it does or does not, as it follows its name: "is down"
 * @param waits what lies between this part and the next; empty for nothing
 * @param flow what happens between this part and the next
 */
@RegisterForReflection
record Part(String name, PartState state, String word, String detail, String waits, Flow flow) {
    static final String SOURCE = "source";
    static final String SLOT = "slot";
    static final String CONNECTOR = "connector";
    static final String TOPIC = "topic";
    static final String SINK_CONSUMER = "sink-consumer";
    static final String SINK = "sink";

    @RegisterForReflection
    enum Flow {
        FLOWS,
        STANDS,
        CUT;

        @JsonValue
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean is(PartState wanted) {
        return state == wanted;
    }
}
