package dev.failureaware.cdc.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What the build must have made before the stack can start. */
final class BuildOutput {
    private BuildOutput() {}

    static List<Path> missing(Layout layout, Collection<Part> parts) {
        var needed = new ArrayList<Path>();
        if (parts.contains(Part.KAFKA) || parts.contains(Part.CONNECT)) {
            needed.add(layout.kafkaLibraries());
        }
        if (parts.contains(Part.CONNECT)) {
            needed.add(layout.connectorPlugins());
        }
        Part.services().stream().filter(parts::contains).map(layout::serviceJar).forEach(needed::add);
        return needed.stream().filter(path -> !Files.exists(path)).toList();
    }

    static void require(Layout layout, Collection<Part> parts) {
        var missing = missing(layout, parts);
        if (!missing.isEmpty()) {
            throw StackException.notStarted("not built yet: %s is missing. Run: make build"
                    .formatted(layout.home().relativize(missing.get(0))));
        }
    }
}
