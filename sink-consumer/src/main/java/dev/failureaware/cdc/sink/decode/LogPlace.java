package dev.failureaware.cdc.sink.decode;

import dev.failureaware.cdc.model.LogKeys;
import dev.failureaware.cdc.model.Lsn;
import dev.failureaware.cdc.model.TableId;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.MDC;

/** What the lines are about that this thread writes until it is closed: see {@link LogKeys}. May be nested. */
public final class LogPlace implements AutoCloseable {
    private final Map<String, Object> before = new HashMap<>();

    public static LogPlace of(Decoded event) {
        var place = of(event.partition(), event.offset());
        if (event instanceof Decoded.RowChange change) {
            return place.and(change.shape().table(), change.source().lsn());
        }
        if (event instanceof Decoded.Refused refused) {
            return place.and(
                    refused.change().shape().table(), refused.change().source().lsn());
        }
        return place;
    }

    public static LogPlace of(TopicPartition partition, long offset) {
        return new LogPlace()
                .with(LogKeys.TOPIC, partition.topic())
                .with(LogKeys.PARTITION, partition.partition())
                .with(LogKeys.OFFSET, offset);
    }

    public static LogPlace of(TableId table, long lsn) {
        return new LogPlace().and(table, lsn);
    }

    public static LogPlace of(TableId table) {
        return new LogPlace().with(LogKeys.TABLE, table);
    }

    private LogPlace and(TableId table, long lsn) {
        return with(LogKeys.TABLE, table).with(LogKeys.POSITION, new Lsn(lsn));
    }

    private LogPlace with(String key, Object value) {
        before.put(key, MDC.put(key, value.toString()));
        return this;
    }

    @Override
    public void close() {
        before.forEach((key, value) -> {
            if (value == null) {
                MDC.remove(key);
            } else {
                MDC.put(key, value);
            }
        });
    }
}
