package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads the row of a payload where it looks as the connector writes nearly all of them: after {@code "before":null}, with its
 * fields in the columns' order, and with texts that have nothing but ASCII and nothing escaped. Whatever else it is, it is
 * left to the parser.
 */
final class RowCutter {
    /** What stands in front of the row of a payload. */
    static final String OF_PAYLOAD = "{\"before\":null,\"after\":";
    /** In front of what is nothing but a row, as a key is. */
    static final String ALONE = "";

    private static final byte[] END = ascii("}");
    private static final byte[] NULL = ascii("null");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    /** More may not fit into 64 bits. */
    private static final int MOST_DIGITS = 18;

    private final byte[] head;
    private final TextForm[] forms;
    /** What stands in front of each value. */
    private final byte[][] names;

    RowCutter(String head, List<ColumnShape> columns) {
        this.head = ascii(head);
        forms = columns.stream().map(ColumnShape::form).toArray(TextForm[]::new);
        names = new byte[forms.length][];
        for (var i = 0; i < names.length; i++) {
            var name = new String(
                    JsonStringEncoder.getInstance().quoteAsString(columns.get(i).name()));
            names[i] = ((i == 0 ? "{\"" : ",\"") + name + "\":").getBytes(StandardCharsets.UTF_8);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A row without values. */
    String[] row() {
        return new String[forms.length];
    }

    /**
     * Fills in the values of the row; gives where it ends, or -1.
     *
     * @throws RuntimeException as {@link TextForm#text} where a value cannot be understood
     */
    int cut(byte[] bytes, int end, String[] values) {
        var at = Bytes.past(head, bytes, 0, end);
        for (var i = 0; i < forms.length && at >= 0; i++) {
            at = Bytes.past(names[i], bytes, at, end);
            if (at >= 0) {
                at = value(bytes, at, end, values, i);
            }
        }
        return at < 0 || forms.length == 0 ? -1 : Bytes.past(END, bytes, at, end);
    }

    private int value(byte[] bytes, int at, int end, String[] values, int i) {
        if (at == end) {
            return -1;
        }
        return switch (bytes[at]) {
            case '"' -> {
                var stop = pastText(bytes, at + 1, end);
                if (stop > 0) {
                    values[i] = forms[i].ofText(text(bytes, at + 1, stop - 1));
                }
                yield stop;
            }
            case 'n' -> Bytes.past(NULL, bytes, at, end);
            case 't' -> {
                values[i] = forms[i].text(BooleanNode.TRUE);
                yield Bytes.past(TRUE, bytes, at, end);
            }
            case 'f' -> {
                values[i] = forms[i].text(BooleanNode.FALSE);
                yield Bytes.past(FALSE, bytes, at, end);
            }
            case '-' -> integer(bytes, at, at + 1, end, values, i);
            default -> integer(bytes, at, at, end, values, i);
        };
    }

    /** One with a fraction or an exponent is followed by something else than a field, and so is no integer. */
    private int integer(byte[] bytes, int start, int digits, int end, String[] values, int i) {
        var stop = Bytes.pastDigits(bytes, digits, end);
        if (stop < 0 || stop == end || stop - digits > MOST_DIGITS || bytes[stop] != ',' && bytes[stop] != '}') {
            return -1;
        }
        values[i] = forms[i].ofInteger(text(bytes, start, stop));
        return stop;
    }

    /** Behind the closing quote. */
    private static int pastText(byte[] bytes, int from, int end) {
        for (var at = from; at < end; at++) {
            var letter = bytes[at];
            if (letter == '"') {
                return at + 1;
            }
            if (letter == '\\' || letter < ' ') { // What is not ASCII is negative.
                return -1;
            }
        }
        return -1;
    }

    @SuppressWarnings("deprecation") // The only way that neither decodes nor looks at what is known to be ASCII.
    private static String text(byte[] bytes, int start, int stop) {
        return new String(bytes, 0, start, stop - start);
    }
}
