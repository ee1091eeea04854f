package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ObjLongConsumer;

/** What the sink needs of an event's payload; the rest is passed over without building anything. */
final class Payload {
    /** Paths of fields that are read as text, whatever they are. */
    static final Set<String> TEXTS =
            Set.of("op", "source.schema", "source.table", "source.snapshot", "source.sequence");

    private String operation = "";
    private String schema = "";
    private String table = "";
    private String snapshot = "";
    private Sequence sequence = Sequence.NONE;
    private Long lsn;
    private Long commitMicros;
    private Long commitMillis;
    private Long seenMicros;
    private Long seenMillis;
    private String[] after;

    /** @param columns those of the {@code after} struct */
    static Payload read(JsonParser parser, List<ColumnShape> columns) throws IOException {
        var payload = new Payload();
        if (parser.nextToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var field = parser.currentName();
                var token = parser.nextToken();
                switch (field) {
                    case "after" -> payload.after = token == JsonToken.START_OBJECT ? values(parser, columns) : null;
                    case "source" -> payload.readSource(parser);
                    case "op" -> payload.operation = text(parser);
                    case "ts_us" -> payload.seenMicros = number(parser);
                    case "ts_ms" -> payload.seenMillis = number(parser);
                    default -> {}
                }
                parser.skipChildren();
            }
        }
        if (parser.currentToken() != null && parser.nextToken() != null) {
            throw new IllegalArgumentException("something follows the payload");
        }
        return payload;
    }

    /** All the same but the row. */
    Payload with(String[] row) {
        var other = new Payload();
        other.operation = operation;
        other.schema = schema;
        other.table = table;
        other.snapshot = snapshot;
        other.sequence = sequence;
        other.lsn = lsn;
        other.commitMicros = commitMicros;
        other.commitMillis = commitMillis;
        other.seenMicros = seenMicros;
        other.seenMillis = seenMillis;
        other.after = row;
        return other;
    }

    /** What differs between the events of a table, beside the row: a letter, or numbers. */
    enum Part {
        OPERATION((payload, letter) -> payload.operation = String.valueOf((char) letter)),
        PREVIOUS_COMMIT_LSN((payload, lsn) -> payload.sequence = new Sequence(lsn, payload.sequence.rowLsn())),
        ROW_LSN((payload, lsn) -> payload.sequence = new Sequence(payload.sequence.previousCommitLsn(), lsn)),
        LSN((payload, lsn) -> payload.lsn = lsn),
        COMMIT_MICROS((payload, micros) -> payload.commitMicros = micros),
        COMMIT_MILLIS((payload, millis) -> payload.commitMillis = millis),
        SEEN_MICROS((payload, micros) -> payload.seenMicros = micros),
        SEEN_MILLIS((payload, millis) -> payload.seenMillis = millis),
        /** Of any number of digits. */
        PASSED_OVER((payload, number) -> {});

        private final ObjLongConsumer<Payload> place;

        Part(ObjLongConsumer<Payload> place) {
            this.place = place;
        }

        void put(Payload payload, long value) {
            place.accept(payload, value);
        }

        /** @param path of a number in the payload */
        static Part ofNumber(String path) {
            return switch (path) {
                case "source.lsn" -> LSN;
                case "source.ts_us" -> COMMIT_MICROS;
                case "source.ts_ms" -> COMMIT_MILLIS;
                case "ts_us" -> SEEN_MICROS;
                case "ts_ms" -> SEEN_MILLIS;
                default -> PASSED_OVER;
            };
        }

        /** Of the numbers in {@code source.sequence}, in their order. */
        static List<Part> ofSequence(String text) {
            var sequence = Sequence.parse(text);
            var parts = new ArrayList<Part>();
            if (sequence.previousCommitLsn() != null) {
                parts.add(PREVIOUS_COMMIT_LSN);
            }
            if (sequence.rowLsn() != null) {
                parts.add(ROW_LSN);
            }
            return parts;
        }
    }

    private void readSource(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "schema" -> schema = text(parser);
                case "table" -> table = text(parser);
                case "snapshot" -> snapshot = text(parser);
                case "sequence" -> sequence = Sequence.parse(text(parser));
                case "lsn" -> lsn = number(parser);
                case "ts_us" -> commitMicros = number(parser);
                case "ts_ms" -> commitMillis = number(parser);
                default -> {}
            }
            parser.skipChildren();
        }
    }

    /**
     * Reads an object's fields into the places of their columns. Debezium writes them in the columns' order, so each is
     * found by one comparison; any order is right.
     */
    static String[] values(JsonParser parser, List<ColumnShape> columns) throws IOException {
        var values = new String[columns.size()];
        var next = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            parser.nextToken();
            var place = next < values.length && columns.get(next).name().equals(name) ? next : place(columns, name);
            if (place < 0) {
                parser.skipChildren();
            } else {
                values[place] = columns.get(place).form().read(parser);
                next = place + 1;
            }
        }
        return values;
    }

    private static int place(List<ColumnShape> columns, String name) {
        for (var i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Empty for null, objects and arrays. */
    private static String text(JsonParser parser) throws IOException {
        var token = parser.currentToken();
        return token.isScalarValue() && token != JsonToken.VALUE_NULL ? parser.getText() : "";
    }

    /** Null for what is no number. */
    private static Long number(JsonParser parser) throws IOException {
        return parser.currentToken().isNumeric() ? parser.getLongValue() : null;
    }

    /** The letter in {@code op}; empty where it is missing. */
    String operation() {
        return operation;
    }

    String schema() {
        return schema;
    }

    String table() {
        return table;
    }

    /** Null where the event has none. */
    String[] after() {
        return after;
    }

    /** @throws IllegalArgumentException where the position is missing: without one, no replay can be told from news */
    Source source() {
        var position = lsn != null ? lsn : sequence.rowLsn();
        if (position == null) {
            throw new IllegalArgumentException("the event carries neither source.lsn nor source.sequence");
        }
        return new Source(
                position,
                sequence.previousCommitLsn(),
                micros(commitMicros, commitMillis),
                Source.Snapshot.of(snapshot));
    }

    /** When the connector saw the change, by its clock, microseconds since 1970. */
    long seenMicros() {
        return micros(seenMicros, seenMillis);
    }

    private static long micros(Long micros, Long millis) {
        return micros != null ? micros : millis == null ? 0 : millis * 1_000;
    }

    /** {@code source.sequence}: ["end of the previous commit", "row lsn"], either of them possibly null. */
    private record Sequence(Long previousCommitLsn, Long rowLsn) {
        static final Sequence NONE = new Sequence(null, null);

        static Sequence parse(String text) {
            var comma = text.indexOf(',');
            if (comma < 0 && text.isEmpty()) {
                return NONE;
            }
            if (comma < 0 || text.charAt(0) != '[' || text.charAt(text.length() - 1) != ']') {
                throw new IllegalArgumentException("source.sequence '" + text + "' is no pair");
            }
            return new Sequence(
                    number(text, text.substring(1, comma).strip()),
                    number(text, text.substring(comma + 1, text.length() - 1).strip()));
        }

        private static Long number(String text, String part) {
            if (part.equals("null")) {
                return null;
            }
            if (part.length() < 3 || part.charAt(0) != '"' || part.charAt(part.length() - 1) != '"') {
                throw new IllegalArgumentException("source.sequence '" + text + "' is no pair of texts");
            }
            return Long.parseLong(part, 1, part.length() - 1, 10);
        }
    }
}
