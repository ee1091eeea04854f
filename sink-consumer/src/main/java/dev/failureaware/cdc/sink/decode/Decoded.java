package dev.failureaware.cdc.sink.decode;

import dev.failureaware.cdc.model.TableId;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** What one Kafka record means to the sink. */
public sealed interface Decoded {

    TopicPartition partition();

    /** The record's Kafka offset. */
    long offset();

    /**
     * A row as it was after an insert, update or snapshot read.
     *
     * @param key values of {@link TableShape#keyColumns()}, in PostgreSQL's text form
     * @param values values of {@link TableShape#columns()} in their order, in PostgreSQL's text form; null is SQL null;
     *     {@link ValueForm#UNAVAILABLE} (compared by identity) stands for an unchanged TOASTed value that was not sent. An
     *     insert that has one is the second half of a change of the row's key
     */
    record Upsert(
            TopicPartition partition,
            long offset,
            TableShape shape,
            Operation operation,
            List<String> key,
            List<String> values,
            Source source)
            implements RowChange {}

    /**
     * A deleted row; nothing but its key is known for certain (facts: other {@code before} columns can be made up).
     *
     * @param keyChanged whether the row goes on under another key, by an insert at the same position
     */
    record Delete(
            TopicPartition partition,
            long offset,
            TableShape shape,
            List<String> key,
            Source source,
            boolean keyChanged)
            implements RowChange {
        @Override
        public Operation operation() {
            return Operation.DELETE;
        }
    }

    /** A change at a position of the source's log. */
    sealed interface Positioned extends Decoded permits RowChange, Truncate {
        Operation operation();

        Source source();
    }

    /** A change of one row. */
    sealed interface RowChange extends Positioned permits Upsert, Delete {
        TableShape shape();

        /** Empty for a table without a key. */
        List<String> key();
    }

    /**
     * All rows of a table are gone that were written before this position, in whatever partition they are: TRUNCATE waits for
     * the table's writers, and later ones wait for it. The event comes in one partition only, and has no key.
     *
     * @param seenMicros when the connector saw it, by the connector's clock, microseconds since 1970
     */
    record Truncate(TopicPartition partition, long offset, TableId table, Source source, long seenMicros)
            implements Positioned {
        @Override
        public Operation operation() {
            return Operation.TRUNCATE;
        }
    }

    /** Nothing to do by definition: a tombstone (the delete came before it, as an event of its own). */
    record Tombstone(TopicPartition partition, long offset) implements Decoded {}

    /** A record that is put aside instead of applied, with its bytes as they were. */
    sealed interface Parked extends Decoded permits Undecodable, Refused {
        byte[] key();

        byte[] value();

        /** {@link RecordKey#text}: what other records of the same row have too; null where a record has no key. */
        String rowKey();

        String reason();
    }

    /** A record that cannot be understood, with the reason in words. */
    record Undecodable(TopicPartition partition, long offset, byte[] key, byte[] value, String rowKey, String reason)
            implements Parked {}

    /**
     * A change that was understood and is not applied.
     *
     * @param sqlState of the sink's refusal, or null
     */
    record Refused(RowChange change, byte[] key, byte[] value, String rowKey, Why why, String reason, String sqlState)
            implements Parked {
        @Override
        public TopicPartition partition() {
            return change.partition();
        }

        @Override
        public long offset() {
            return change.offset();
        }
    }

    /** Why a change is parked. */
    enum Why {
        /** The sink does not take the values. */
        REFUSED,
        /** A constraint that depends on other rows was still hurt after a while. */
        CONSTRAINT,
        /** An earlier record of the same key is parked. */
        BEHIND
    }
}
