package dev.failureaware.cdc.chaos.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What may have to be undone after a fault, with what is needed to do so. Each can be done again, and is harmless when there is
 * nothing to undo.
 *
 * @param former how it was before the fault, in the platform's terms; empty when the platform knows by itself
 */
public record Undo(Capability of, Map<String, String> former) {

    public Undo {
        former = Map.copyOf(former);
    }

    public static Undo of(Capability capability) {
        return new Undo(capability, Map.of());
    }

    /** For a journal that cannot be read: everything, and nothing is known of how it was. */
    public static Set<Undo> everything() {
        return Arrays.stream(Capability.values()).map(Undo::of).collect(Collectors.toUnmodifiableSet());
    }

    public String id() {
        return of.undoId();
    }

    /** @param failure because of which it may have to be undone */
    public ObjectNode entry(String failure, Instant at) {
        var entry = JsonNodeFactory.instance.objectNode();
        entry.put("undo", id());
        if (!former.isEmpty()) {
            var map = entry.putObject("former");
            new TreeMap<>(former).forEach(map::put);
        }
        return entry.put("failure", failure).put("at", at.toString());
    }

    /** @return empty when it names no undo that there is */
    public static Optional<Undo> of(JsonNode entry) {
        return Capability.ofUndo(entry.path("undo").asText()).map(capability -> {
            var former = new TreeMap<String, String>();
            entry.path("former")
                    .fields()
                    .forEachRemaining(
                            field -> former.put(field.getKey(), field.getValue().asText()));
            return new Undo(capability, former);
        });
    }

    @Override
    public String toString() {
        return former.isEmpty() ? id() : id() + " " + new TreeMap<>(former);
    }
}
