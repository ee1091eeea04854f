package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * What a service in development needs to take the place of the supervised one, as a file per service that its {@code dev}
 * profile reads when it is there: as long as the stack runs. It holds passwords, so only its owner may read it.
 */
final class DevSettings {
    private final Path folder;

    DevSettings(Layout layout) {
        this.folder = layout.run().resolve("dev");
    }

    Path file(Part service) {
        return folder.resolve(service.label() + ".properties");
    }

    void write(Part service, Map<String, String> environment) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var properties = new Properties();
        environment.forEach((name, value) -> properties.setProperty(property(name), value));
        var file = file(service);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var out = Files.newOutputStream(file)) {
            properties.store(out, "Of the running stack; removed when it stops");
        }
    }

    void remove() throws IOException {
        for (var service : Part.services()) {
            Files.deleteIfExists(file(service));
        }
    }

    /**
     * The property that a variable of {@link ServiceWiring} stands for: {@code KAFKA_BOOTSTRAP_SERVERS} is
     * {@code kafka.bootstrap.servers}, and {@code SINK_TOPIC_PREFIX}, of a mapping of ours, {@code sink.topic-prefix}.
     */
    static String property(String variable) {
        var words = List.of(variable.toLowerCase(Locale.ROOT).split("_"));
        return words.get(0).equals("quarkus") || words.get(0).equals("kafka")
                ? String.join(".", words)
                : words.get(0) + "." + String.join("-", words.subList(1, words.size()));
    }
}
