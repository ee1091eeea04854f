package dev.failureaware.cdc.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether a record without its schema part is what the connector writes with {@code schemas.enable=false}: the same changes are
 * made on two tables and captured in both ways. Names and numbers (positions, times) may differ, every other byte may not.
 */
final class SchemaLessCheck {
    private static final int EVENTS = 20;
    private static final Map<String, String> WITHOUT =
            Map.of("key.converter.schemas.enable", "false", "value.converter.schemas.enable", "false");

    private SchemaLessCheck() {}

    /** @throws BenchmarkException where it is not */
    static void run(Capture capture) throws IOException, InterruptedException, SQLException {
        var cut = records(capture, "check_cut", true, Map.of());
        var real = records(capture, "check_real", false, WITHOUT);
        if (!cut.equals(real)) {
            throw new BenchmarkException(
                    "a record without its schema part is not what schemas.enable=false writes: %s and %s"
                            .formatted(cut.get(0), real.get(0)));
        }
    }

    private static List<String> records(
            Capture capture, String name, boolean schemaFull, Map<String, String> connectorSettings)
            throws IOException, InterruptedException, SQLException {
        var keys = new SchemaCutter(schemaFull);
        var records = new ArrayList<String>();
        capture.capture(
                Workload.MIXED,
                new Table(name),
                name,
                1,
                EVENTS,
                schemaFull,
                connectorSettings,
                event -> records.add((text(keys.payload(event.record().key())) + " " + text(event.payload()))
                        .replace(name, "NAME")
                        .replaceAll("\\d+", "0")),
                read -> {});
        // The tombstone of a last delete comes after what was waited for.
        return records.stream().filter(record -> !record.endsWith("null")).toList();
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
    }
}
