package dev.failureaware.cdc.test;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files of this repository, and what its other modules have built. */
final class Repository {
    private Repository() {}

    /** Tests start in their module's folder, or in the root when an IDE starts them. */
    static Path file(String name) {
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(name))) {
                return folder.resolve(name);
            }
        }
        throw new IllegalArgumentException(
                name + " is in no folder above " + Path.of("").toAbsolutePath());
    }

    /** A folder that {@code mvn package} of another module makes. */
    static Path built(String module, String folder) {
        var path = file(module + "/pom.xml").resolveSibling("target").resolve(folder);
        if (!Files.isDirectory(path)) {
            throw new IllegalStateException(
                    module + "/target/" + folder + " is missing; run: mvn package -DskipTests -pl " + module);
        }
        return path;
    }
}
