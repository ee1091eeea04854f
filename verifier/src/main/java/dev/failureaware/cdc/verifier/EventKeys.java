package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The keys of a table's events as the databases write them, by the types of the key's columns: an event without a schema tells
 * no types. Years before 1 and infinities are not translated, so nothing is found for such keys.
 */
final class EventKeys {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final List<Column> key;

    EventKeys(TablePair pair) {
        this.key = pair.key().stream()
                .map(column -> pair.source().column(column.name()).orElseThrow())
                .toList();
    }

    /** Empty for a key that is none of this table's, or that cannot be read. */
    Optional<List<String>> of(byte[] eventKey) {
        if (eventKey == null) {
            return Optional.empty();
        }
        try {
            var root = JSON.readTree(eventKey);
            var payload = root.has("payload") && root.has("schema") ? root.get("payload") : root;
            var parts = new ArrayList<String>();
            for (var column : key) {
                var value = payload.get(column.name());
                if (value == null || value.isNull()) {
                    return Optional.empty();
                }
                parts.add(text(value, column.base()));
            }
            return Optional.of(parts);
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String text(JsonNode value, ColumnType type) {
        if (!type.isBuiltIn()) {
            return value.asText();
        }
        return switch (type.name()) {
            case "date" ->
                value.isNumber() ? LocalDate.ofEpochDay(value.asLong()).toString() : value.asText();
            case "timestamp" -> value.isNumber() ? timestamp(value.asLong(), type.modifier()) : value.asText();
            case "timestamptz" -> {
                var at = OffsetDateTime.parse(value.asText()).withOffsetSameInstant(ZoneOffset.UTC);
                yield text(at.toLocalDateTime()) + "+00";
            }
            case "bytea" -> "\\x" + HexFormat.of().formatHex(Base64.getDecoder().decode(value.asText()));
            case "bpchar" -> value.asText().stripTrailing();
            default -> value.asText();
        };
    }

    /** Up to three digits of a second are sent as milliseconds. */
    private static String timestamp(long since1970, int digits) {
        var perSecond = digits >= 0 && digits <= 3 ? 1_000L : 1_000_000L;
        var second = Math.floorDiv(since1970, perSecond);
        var nanos = Math.floorMod(since1970, perSecond) * (1_000_000_000L / perSecond);
        return text(LocalDateTime.ofInstant(Instant.ofEpochSecond(second, nanos), ZoneOffset.UTC));
    }

    private static String text(LocalDateTime at) {
        var seconds = "%s %02d:%02d:%02d".formatted(at.toLocalDate(), at.getHour(), at.getMinute(), at.getSecond());
        return at.getNano() == 0
                ? seconds
                : seconds + "." + "%06d".formatted(at.getNano() / 1000).replaceAll("0+$", "");
    }
}
