package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** What broker and Connect worker share: class path, logging, generated property files. */
final class KafkaJvm {
    private static final String LOGGING = "log4j2.properties";

    private KafkaJvm() {}

    static List<String> command(Layout layout, int heapMegabytes, String mainClass, List<String> arguments) {
        return command(layout, Jvm.options(layout, heapMegabytes), mainClass, arguments);
    }

    static List<String> command(Layout layout, List<String> jvmOptions, String mainClass, List<String> arguments) {
        var all = new ArrayList<>(List.of(
                "-Dlog4j2.configurationFile=" + layout.config().resolve(LOGGING).toUri(),
                "-cp",
                layout.kafkaLibraries() + "/*",
                mainClass));
        all.addAll(arguments);
        return Jvm.command(jvmOptions, all);
    }

    static void writeLogging(Layout layout) throws IOException {
        try (var in = KafkaJvm.class.getResourceAsStream(LOGGING)) {
            Files.copy(in, layout.config().resolve(LOGGING), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    static Path write(Layout layout, String file, Properties settings) throws IOException {
        var path = layout.config().resolve(file);
        try (var out = Files.newBufferedWriter(path)) {
            settings.store(out, "generated at every start; changes are lost");
        }
        return path;
    }
}
