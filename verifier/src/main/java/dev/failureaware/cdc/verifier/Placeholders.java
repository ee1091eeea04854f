package dev.failureaware.cdc.verifier;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What Debezium sends for a large value that an update left alone, as the databases write it when a sink took it for the value:
 * a text, bytes, an element of an array, the codes of its letters (docs/types.md).
 */
final class Placeholders {
    private static final String TEXT = "__debezium_unavailable_value";
    private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.UTF_8);
    private static final String HEX = "\\x" + HexFormat.of().formatHex(BYTES);

    static final List<String> FORMS = List.of(
            TEXT,
            '"' + TEXT + '"',
            HEX,
            "{" + TEXT + "}",
            "{\"\\" + HEX + "\"}",
            "{\"\\\"" + TEXT + "\\\"\"}",
            "{" + UUID.nameUUIDFromBytes(BYTES) + "}",
            "{" + TEXT.chars().mapToObj(Integer::toString).collect(Collectors.joining(",")) + "}",
            "'" + TEXT + "'",
            "\"%s\"=>\"%s\"".formatted(TEXT, TEXT),
            "{\"%s\": \"%s\"}".formatted(TEXT, TEXT));

    private static final Set<String> TYPES =
            Set.of("text", "varchar", "bpchar", "bytea", "json", "jsonb", "xml", "tsvector", "citext", "hstore");

    private Placeholders() {}

    static boolean possibleIn(ColumnType type) {
        return TYPES.contains(type.name()) || type.name().startsWith("_");
    }
}
