package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads the payloads of one schema version. What looks like events of before is cut at the places that are known from them,
 * which takes a fraction of what parsing does; all else is parsed. Both give the same.
 */
final class PayloadReader {
    /** Snapshots mark their first and last rows, so there are some; more would only be there one after the other. */
    private static final int MOST_TAILS = 8;
    /** Of tails that are like no other; learning one costs as much as parsing. */
    private static final int LEARNT_ONE_OF = 8;

    private final List<ColumnShape> columns;
    private final RowCutter row;
    /** Newest first. */
    private final List<EventTail> tails = new CopyOnWriteArrayList<>();

    private final AtomicInteger unlike = new AtomicInteger();

    PayloadReader(List<ColumnShape> columns) {
        this.columns = columns;
        this.row = new RowCutter(RowCutter.OF_PAYLOAD, columns);
    }

    /** @param end where the payload ends; what follows is not looked at */
    Payload read(ObjectMapper json, byte[] bytes, int end) throws IOException {
        var after = row.row();
        var tailAt = row.cut(bytes, end, after);
        var cut = match(bytes, tailAt, end, after);
        if (cut != null) {
            return cut;
        }
        Payload payload;
        try (var parser = json.createParser(bytes, 0, end)) {
            payload = Payload.read(parser, columns);
        }
        learn(bytes, tailAt, end, payload);
        return payload;
    }

    /** Null for what is not like anything before. */
    Payload cut(byte[] bytes, int end) {
        var after = row.row();
        return match(bytes, row.cut(bytes, end, after), end, after);
    }

    /** @param payload what was read of these bytes, which could not be cut */
    void learn(byte[] bytes, int end, Payload payload) throws IOException {
        learn(bytes, row.cut(bytes, end, row.row()), end, payload);
    }

    private Payload match(byte[] bytes, int tailAt, int end, String[] after) {
        if (tailAt >= 0) {
            for (var tail : tails) {
                var payload = tail.match(bytes, tailAt, end, after);
                if (payload != null) {
                    return payload;
                }
            }
        }
        return null;
    }

    private void learn(byte[] bytes, int tailAt, int end, Payload payload) throws IOException {
        if (tailAt >= 0 && unlike.getAndIncrement() % LEARNT_ONE_OF == 0) {
            add(EventTail.of(bytes, tailAt, end, payload));
        }
    }

    private synchronized void add(EventTail tail) {
        tails.add(0, tail);
        if (tails.size() > MOST_TAILS) {
            tails.remove(MOST_TAILS);
        }
    }
}
