package dev.failureaware.cdc.benchmarks;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/**
 * A topic that holds what was captured from a table.
 *
 * @param prefix the connector's {@code topic.prefix}; the topic is PREFIX.public.TABLE
 * @param order where each change is in the topic
 * @param valueBytes mean size of an event's value
 */
record Topic(String prefix, Table table, int partitions, boolean schemaFull, Order order, long valueBytes) {

    static String name(String prefix, Table table) {
        return prefix + "." + table.qualified();
    }

    String name() {
        return name(prefix, table);
    }

    long events() {
        return order.events();
    }

    /**
     * Where each change of the source is in the topic, tombstones not counted.
     *
     * @param partition by the change's number; -1 for a delete, whose number no event tells
     * @param rank by the change's number: how many events its partition holds up to it
     * @param last what must be seen, one after the other: of each partition the last change of a row that stays, and then, where
     *     the partition ends with a delete, that its row is gone. That alone would say nothing, as a row may be gone for a while
     * @param deletes whether there are deletes among them
     */
    record Order(int[] partition, int[] rank, List<Last> last, long events, boolean deletes) {

        /** @param seq of the row as it stays; 0 where it is deleted */
        record Last(String id, long seq) {}

        /**
         * How many events must have been applied by somebody who shows these rows.
         *
         * @param seqs of all visible rows
         */
        long atLeast(List<Long> seqs) {
            var highest = new HashMap<Integer, Integer>();
            for (var seq : seqs) {
                highest.merge(partition[seq.intValue()], rank[seq.intValue()], Math::max);
            }
            return highest.values().stream().mapToLong(Integer::longValue).sum();
        }

        /** Takes a topic's change events, in order per partition. */
        static final class Builder {
            private final int[] partition;
            private final int[] rank;
            private final int[] seen;
            private final Map<String, Long> rows = new HashMap<>();
            private final Map<Integer, Last> lastDeletes = new HashMap<>();
            private long events;
            private boolean deletes;

            /** @param events that the topic has */
            Builder(int partitions, long events) {
                partition = new int[(int) events + 1];
                Arrays.fill(partition, -1);
                rank = new int[(int) events + 1];
                seen = new int[partitions];
            }

            void upsert(int in, String id, long seq) {
                events++;
                partition[(int) seq] = in;
                rank[(int) seq] = ++seen[in];
                rows.put(id, seq);
                lastDeletes.remove(in);
            }

            void delete(int in, String id) {
                events++;
                deletes = true;
                seen[in]++;
                rows.remove(id);
                lastDeletes.put(in, new Last(id, 0));
            }

            long events() {
                return events;
            }

            Order build() {
                var standing = new HashMap<Integer, Last>();
                rows.forEach((id, seq) -> standing.merge(
                        partition[seq.intValue()],
                        new Last(id, seq),
                        BinaryOperator.maxBy(Comparator.comparingLong(Last::seq))));
                var last = Stream.concat(standing.values().stream(), lastDeletes.values().stream())
                        .toList();
                return new Order(partition, rank, last, events, deletes);
            }
        }
    }
}
