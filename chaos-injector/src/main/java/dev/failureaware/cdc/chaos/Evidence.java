package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.failureaware.cdc.chaos.platform.Lifted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What a fault hit, as facts; and what it was meant to hit and did not. */
final class Evidence {
    private static final int MAX_KEYS = 20;

    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final List<String> missed = new ArrayList<>();

    void fact(String name, Object value) {
        facts.put(name, value);
    }

    void fact(String name, OptionalLong value) {
        facts.put(name, value.isPresent() ? value.getAsLong() : null);
    }

    /** The keys as far as a reader wants to see them. */
    void keys(String name, List<String> keys) {
        facts.put(name, keys.size() <= MAX_KEYS ? keys : keys.subList(0, MAX_KEYS));
    }

    /** @param otherwise why nothing is proven when this is not so */
    void mustHold(boolean hit, String otherwise) {
        if (!hit) {
            missed.add(otherwise);
        }
    }

    @JsonValue
    Map<String, Object> facts() {
        return Collections.unmodifiableMap(facts);
    }

    /** What somebody else changed during the fault makes it another fault than the one that was meant. */
    void lifted(Lifted lifted) {
        lifted.otherwise().ifPresent(why -> {
            fact("left_as_found", why);
            mustHold(false, why);
        });
    }

    /** Empty when the fault hit what it was meant to hit. */
    List<String> missed() {
        return List.copyOf(missed);
    }
}
