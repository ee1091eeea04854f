package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;

/** How the connector writes a column's values into JSON, and how PostgreSQL reads them as text. */
public enum ValueForm implements TextForm {
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
    /** A type that Debezium does not know ({@code include.unknown.datatypes}): PostgreSQL's own text, as bytes. */
    TEXT_IN_BYTES {
        @Override
        String textOf(JsonNode value) {
            if (Placeholder.BYTES.equals(value.asText())) {
                return UNAVAILABLE;
            }
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(Base64.getDecoder().decode(value.asText())))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("bytes of an unknown type that are no UTF-8 text", e);
            }
        }
    },
    /** {@code bit(1)}, which arrives as a boolean. */
    BIT {
        @Override
        String textOf(JsonNode value) {
            return value.asBoolean() ? "1" : "0";
        }
    },
    HSTORE {
        @Override
        String textOf(JsonNode value) {
            return Placeholder.HSTORE.equals(value.asText()) ? UNAVAILABLE : Hstore.text(value.asText());
        }
    },
    POINT {
        @Override
        String textOf(JsonNode value) {
            return Geometry.point(value);
        }
    },
    LINE {
        @Override
        String textOf(JsonNode value) {
            return Geometry.line(value);
        }
    },
    CIRCLE {
        @Override
        String textOf(JsonNode value) {
            return Geometry.circle(value);
        }
    },
    LSEG {
        @Override
        String textOf(JsonNode value) {
            return Geometry.lseg(value);
        }
    },
    BOX {
        @Override
        String textOf(JsonNode value) {
            return Geometry.box(value);
        }
    },
    PATH {
        @Override
        String textOf(JsonNode value) {
            return Geometry.path(value);
        }
    },
    POLYGON {
        @Override
        String textOf(JsonNode value) {
            return Geometry.polygon(value);
        }
    },
    DAYS {
        @Override
        String textOf(JsonNode value) {
            return PostgresTime.date(value.asLong());
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
            return PostgresTime.timestampOfMillis(value.asLong());
        }
    },
    TIMESTAMP_MICROS {
        @Override
        String textOf(JsonNode value) {
            return PostgresTime.timestampOfMicros(value.asLong());
        }
    },
    /** ISO 8601 in UTC; years before 1 and after 9999 carry a sign, which PostgreSQL does not read. */
    TIMESTAMPTZ {
        @Override
        String textOf(JsonNode value) {
            return PostgresTime.timestamptz(value.asText());
        }
    };

    /** Stands for a value that the connector did not have; compare by identity. */
    @SuppressWarnings("StringOperationCanBeSimplified")
    public static final String UNAVAILABLE = new String("unavailable");

    abstract String textOf(JsonNode value);

    @Override
    public final String text(JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        return isPlaceholder(value) ? UNAVAILABLE : textOf(value);
    }

    @Override
    public final String ofText(String value) {
        if (Placeholder.TEXT.equals(value)) {
            return UNAVAILABLE;
        }
        return this == PLAIN ? value : textOf(TextNode.valueOf(value));
    }

    /** A number keeps its digits. */
    @Override
    public final String ofInteger(String digits) {
        return this == PLAIN ? digits : TextForm.super.ofInteger(digits);
    }

    /** Without a tree for what most columns hold. */
    @Override
    public final String read(JsonParser parser) throws IOException {
        var token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            return ofText(parser.getText());
        }
        if (this == PLAIN && token.isScalarValue() && token != JsonToken.VALUE_NULL) {
            return parser.getText(); // A number keeps its digits.
        }
        if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return textOf(LongNode.valueOf(parser.getLongValue()));
        }
        return token == JsonToken.VALUE_NULL ? null : text(parser.<JsonNode>readValueAsTree());
    }

    private static boolean isPlaceholder(JsonNode value) {
        return value.isTextual() && Placeholder.TEXT.equals(value.textValue());
    }

    /** Microseconds since 1970 as PostgreSQL reads a timestamp without time zone. */
    public static String timestamp(long micros) {
        return PostgresTime.timestamp(Math.floorDiv(micros, 1_000_000L), (int) Math.floorMod(micros, 1_000_000L));
    }

    /** PostgreSQL writes 24:00:00 where Java's day has ended. */
    private static String time(long nanos) {
        return nanos == 86_400_000_000_000L
                ? "24:00:00"
                : LocalTime.ofNanoOfDay(nanos).toString();
    }

    /** What Debezium sends for a TOASTed value that did not change. */
    static final class Placeholder {
        private Placeholder() {}

        static final String TEXT = "__debezium_unavailable_value";
        static final String BYTES = Base64.getEncoder().encodeToString(TEXT.getBytes(StandardCharsets.UTF_8));
        /** As the only element of an array. */
        static final Set<String> FORMS = Set.of(
                TEXT,
                BYTES,
                UUID.nameUUIDFromBytes(TEXT.getBytes(StandardCharsets.UTF_8)).toString());
        /** As an hstore. */
        static final String HSTORE = "{\"" + TEXT + "\":\"" + TEXT + "\"}";
    }
}
