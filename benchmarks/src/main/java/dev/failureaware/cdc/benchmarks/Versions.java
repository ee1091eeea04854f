package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Of the servers and of what runs in them, from the files that are used. */
final class Versions {
    private Versions() {}

    static Map<String, Object> of(TestBed bed, Path home) throws IOException, SQLException {
        var versions = new LinkedHashMap<String, Object>();
        versions.put("postgresql", bed.value("postgres", "SHOW server_version"));
        versions.put("kafka", jar(home.resolve("kafka-runtime/target/libs"), "kafka_2\\.13"));
        versions.put(
                "debezium_postgres",
                jar(home.resolve("connector/target/plugins/debezium-postgres"), "debezium-connector-postgres"));
        versions.put(
                "debezium_jdbc",
                jar(home.resolve("benchmarks/jdbc-sink/target/plugins/debezium-jdbc"), "debezium-connector-jdbc"));
        return versions;
    }

    private static String jar(Path folder, String name) throws IOException {
        if (!Files.isDirectory(folder)) {
            return "absent";
        }
        var pattern = Pattern.compile(name + "-(.*)\\.jar");
        try (var files = Files.list(folder)) {
            return files.map(file -> pattern.matcher(file.getFileName().toString()))
                    .filter(java.util.regex.Matcher::matches)
                    .map(matcher -> matcher.group(1))
                    .findFirst()
                    .orElse("absent");
        }
    }
}
