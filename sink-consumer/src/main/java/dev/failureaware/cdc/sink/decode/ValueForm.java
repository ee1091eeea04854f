package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.HexFormat;

/** How the connector writes a column's values into JSON, and how PostgreSQL reads them as text. */
public enum ValueForm {
    /** Strings, numbers and booleans whose JSON text PostgreSQL reads as it is. */
    PLAIN {
        @Override
        String textOf(JsonNode value) {
            return value.isValueNode() ? value.asText() : value.toString();
        }
    },
    /** {@code decimal.handling.mode=string}: digits, or a name for what is no number. */
    DECIMAL_TEXT {
        @Override
        String textOf(JsonNode value) {
            return switch (value.asText()) {
                case "NAN", "NOT_A_NUMBER" -> "NaN";
                case "POSITIVE_INFINITY" -> "Infinity";
                case "NEGATIVE_INFINITY" -> "-Infinity";
                default -> value.asText();
            };
        }
    },
    /** Unscaled value and scale in a struct: numeric without a scale, in the precise mode. */
    DECIMAL_STRUCT {
        @Override
        String textOf(JsonNode value) {
            var unscaled = new BigInteger(
                    Base64.getDecoder().decode(value.path("value").asText()));
            return new BigDecimal(unscaled, value.path("scale").asInt()).toPlainString();
        }
    },
    BYTES {
        @Override
        String textOf(JsonNode value) {
            var bytes = Base64.getDecoder().decode(value.asText());
            return Placeholder.BYTES.equals(value.asText())
                    ? UNAVAILABLE
                    : "\\x" + HexFormat.of().formatHex(bytes);
        }
    },
    DAYS {
        @Override
        String textOf(JsonNode value) {
            return DATE.format(LocalDate.ofEpochDay(value.asLong())) + era(LocalDate.ofEpochDay(value.asLong()));
        }
    },
    TIME_MILLIS {
        @Override
        String textOf(JsonNode value) {
            return time(value.asLong() * 1_000_000);
        }
    },
    TIME_MICROS {
        @Override
        String textOf(JsonNode value) {
            return time(value.asLong() * 1_000);
        }
    },
    TIMESTAMP_MILLIS {
        @Override
        String textOf(JsonNode value) {
            return timestamp(Math.multiplyExact(value.asLong(), 1_000));
        }
    },
    TIMESTAMP_MICROS {
        @Override
        String textOf(JsonNode value) {
            return timestamp(value.asLong());
        }
    },
    ARRAY {
        @Override
        String textOf(JsonNode value) {
            var text = new StringBuilder("{");
            for (var element : value) {
                if (text.length() > 1) {
                    text.append(',');
                }
                appendElement(text, element);
            }
            return text.append('}').toString();
        }
    };

    /** Stands for a value that the connector did not have; compare by identity. */
    @SuppressWarnings("StringOperationCanBeSimplified")
    public static final String UNAVAILABLE = new String("unavailable");

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd");
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
            .toFormatter();

    abstract String textOf(JsonNode value);

    /** The value in PostgreSQL's text form, null for JSON null, or {@link #UNAVAILABLE}. */
    final String text(JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        return isPlaceholder(value) ? UNAVAILABLE : textOf(value);
    }

    private static boolean isPlaceholder(JsonNode value) {
        return value.isTextual()
                ? Placeholder.TEXT.equals(value.textValue())
                : value.isArray()
                        && value.size() == 1
                        && Placeholder.TEXT.equals(value.get(0).textValue());
    }

    /** Microseconds since 1970 as PostgreSQL reads a timestamp without time zone. */
    public static String timestamp(long micros) {
        var at = LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L), (int) Math.floorMod(micros, 1_000_000L) * 1_000, ZoneOffset.UTC);
        return TIMESTAMP.format(at) + era(at.toLocalDate());
    }

    /** PostgreSQL writes 24:00:00 where Java's day has ended. */
    private static String time(long nanos) {
        return nanos == 86_400_000_000_000L
                ? "24:00:00"
                : LocalTime.ofNanoOfDay(nanos).toString();
    }

    /** The pattern letter y counts years of the era, so that years before 1 need the era's name, as PostgreSQL does. */
    private static String era(LocalDate date) {
        return date.getYear() < 1 ? " BC" : "";
    }

    private static void appendElement(StringBuilder text, JsonNode element) {
        if (element.isNull()) {
            text.append("NULL");
        } else if (element.isArray()) {
            text.append(ARRAY.textOf(element));
        } else {
            text.append('"')
                    .append(element.asText().replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
    }

    private static final class Placeholder {
        static final String TEXT = "__debezium_unavailable_value";
        static final String BYTES = Base64.getEncoder().encodeToString(TEXT.getBytes(StandardCharsets.UTF_8));
    }
}
