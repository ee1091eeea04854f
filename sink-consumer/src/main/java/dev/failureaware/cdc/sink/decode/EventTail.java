package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.failureaware.cdc.sink.decode.Payload.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All of a payload that follows its row: {@code ,"source":{…},"op":"u",…}}. Between events of one table it differs by some
 * numbers and the letter of the operation only. So it is parsed once, and others are compared with it: the same bytes with
 * other digits in the same places are the same JSON with other numbers.
 */
final class EventTail {
    /** A number of more digits may not fit. */
    private static final int MOST_DIGITS = 18;

    private final Payload sample;
    /** What differs. */
    private final Part[] gaps;
    /** What stands before, between and behind the gaps: one more than those. */
    private final byte[][] fixed;

    private EventTail(Payload sample, List<Part> gaps, List<byte[]> fixed) {
        this.sample = sample;
        this.gaps = gaps.toArray(Part[]::new);
        this.fixed = fixed.toArray(byte[][]::new);
    }

    /**
     * @param from where the row of the payload ends
     * @param payload what was read of these bytes
     */
    static EventTail of(byte[] bytes, int from, int end, Payload payload) throws IOException {
        var learning = new Learning(bytes, from);
        try (var parser = SchemaParts.JSON.createParser(bytes, 0, end)) {
            parser.nextToken();
            learning.fields(parser, "");
        }
        learning.fixed.add(Arrays.copyOfRange(bytes, learning.reached, end));
        return new EventTail(payload, learning.gaps, learning.fixed);
    }

    /** The payload that ends with these bytes; null where they are not like this tail. */
    Payload match(byte[] bytes, int from, int end, String[] after) {
        var payload = sample.with(after);
        var at = from;
        for (var i = 0; i < gaps.length; i++) {
            at = Bytes.past(fixed[i], bytes, at, end);
            if (at < 0) {
                return null;
            }
            var stop = gaps[i] == Part.OPERATION ? pastLetter(bytes, at, end) : Bytes.pastDigits(bytes, at, end);
            if (stop < 0) {
                return null;
            }
            if (gaps[i] == Part.OPERATION) {
                gaps[i].put(payload, bytes[at]);
            } else if (gaps[i] != Part.PASSED_OVER) {
                if (stop - at > MOST_DIGITS) {
                    return null;
                }
                gaps[i].put(payload, Bytes.number(bytes, at, stop));
            }
            at = stop;
        }
        return Bytes.past(fixed[gaps.length], bytes, at, end) == end ? payload : null;
    }

    private static int pastLetter(byte[] bytes, int at, int end) {
        return at < end && bytes[at] >= 'a' && bytes[at] <= 'z' ? at + 1 : -1;
    }

    /** Finds the gaps in a payload that is known to be valid. */
    private static final class Learning {
        private final byte[] bytes;
        private final int from;
        private final List<Part> gaps = new ArrayList<>();
        private final List<byte[]> fixed = new ArrayList<>();
        private int reached;

        Learning(byte[] bytes, int from) {
            this.bytes = bytes;
            this.from = from;
            this.reached = from;
        }

        /** @param path of the object that the parser is in, with a dot behind it */
        void fields(JsonParser parser, String path) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var field = path + parser.currentName();
                var token = parser.nextToken();
                var start = (int) parser.currentTokenLocation().getByteOffset();
                if (start < from || token == JsonToken.START_ARRAY) {
                    parser.skipChildren();
                } else if (token == JsonToken.START_OBJECT) {
                    fields(parser, field + ".");
                } else if (token == JsonToken.VALUE_STRING) {
                    var text = parser.getText();
                    string(
                            field,
                            text,
                            start + 1,
                            (int) parser.currentLocation().getByteOffset() - 1);
                } else if (token == JsonToken.VALUE_NUMBER_INT
                        && Bytes.isDigit(bytes[start])
                        && !Payload.TEXTS.contains(field)) {
                    gap(Part.ofNumber(field), start, start + parser.getTextLength());
                }
            }
        }

        private void string(String field, String text, int start, int stop) {
            switch (field) {
                case "op" -> {
                    if (stop == start + 1) {
                        gap(Part.OPERATION, start, stop);
                    }
                }
                case "source.sequence" -> {
                    if (stop - start == text.replace("\"", "\\\"").length()) { // Digits stand for themselves.
                        numbers(Part.ofSequence(text), start, stop);
                    }
                }
                case "transaction.id" -> {
                    if (stop - start == text.length()) {
                        numbers(List.of(), start, stop);
                    }
                }
                default -> {} // The same in each event, or another tail.
            }
        }

        /** @param parts of the numbers in turn; of those that are left over nothing is wanted */
        private void numbers(List<Part> parts, int start, int stop) {
            var next = 0;
            for (var at = start; at < stop; at++) {
                if (Bytes.isDigit(bytes[at])) {
                    var end = at;
                    while (end < stop && Bytes.isDigit(bytes[end])) {
                        end++;
                    }
                    gap(next < parts.size() ? parts.get(next++) : Part.PASSED_OVER, at, end);
                    at = end;
                }
            }
        }

        private void gap(Part part, int start, int stop) {
            fixed.add(Arrays.copyOfRange(bytes, reached, start));
            gaps.add(part);
            reached = stop;
        }
    }
}
