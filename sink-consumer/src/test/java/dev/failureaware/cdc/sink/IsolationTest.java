package dev.failureaware.cdc.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.decode.Decoded;
import dev.failureaware.cdc.sink.decode.Operation;
import dev.failureaware.cdc.sink.decode.Received;
import dev.failureaware.cdc.sink.decode.Source;
import dev.failureaware.cdc.sink.decode.TableShape;
import io.vertx.pgclient.PgException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class IsolationTest {
    private static final TopicPartition P0 = new TopicPartition("shop.public.t", 0);
    private static final TopicPartition P1 = new TopicPartition("shop.public.t", 1);
    private static final TableShape SHAPE = new TableShape(TableId.parse("public.t"), List.of(), List.of("id"));

    private final List<Long> applied = new ArrayList<>();
    private final List<Long> parked = new ArrayList<>();
    private int attempts;
    private Instant now = Instant.EPOCH;

    private static Decoded event(TopicPartition partition, long offset) {
        var source = new Source(offset, 1L, 0, Source.Snapshot.NONE);
        return new Decoded.Upsert(partition, offset, SHAPE, Operation.UPDATE, List.of("" + offset), List.of(), source);
    }

    private static List<Decoded> events(int count) {
        return IntStream.range(0, count).mapToObj(i -> event(P0, i)).toList();
    }

    private Isolation isolation(List<Decoded> batch, Duration patience) {
        var clock = new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        return new Isolation(batch, event -> new Received(event.offset(), null, null, false, null), patience, clock);
    }

    /** A sink that takes all of a part or nothing. */
    private void attempt(List<Decoded> part, Predicate<Decoded> refused, String sqlState) {
        attempts++;
        for (var event : part) {
            if (!(event instanceof Decoded.Parked) && refused.test(event)) {
                throw new PgException("no", "ERROR", sqlState, null);
            }
        }
        part.forEach(event -> (event instanceof Decoded.Parked ? parked : applied).add(event.offset()));
    }

    @Test
    void aBatchThatTheSinkTakesIsOneTransaction() {
        isolation(events(1000), Duration.ZERO).run(part -> attempt(part, event -> false, "22001"));

        assertThat(attempts).isEqualTo(1);
    }

    @Test
    void oneRefusedRecordIsFoundInLogarithmicallyManyTransactions() {
        isolation(events(1024), Duration.ZERO).run(part -> attempt(part, event -> event.offset() == 700, "22001"));

        assertThat(parked).containsExactly(700L);
        assertThat(applied).hasSize(1023).isSorted();
        assertThat(attempts).isLessThanOrEqualTo(40);
    }

    @Test
    void aWholeBatchOfRefusedRecordsCostsOneTransactionPerRecord() {
        isolation(events(2000), Duration.ZERO).run(part -> attempt(part, event -> true, "23514"));

        assertThat(parked).hasSize(2000).isSorted();
        assertThat(applied).isEmpty();
        assertThat(attempts).isLessThanOrEqualTo(2000 + 12);
    }

    @Test
    void whatIsNotAboutARecordIsThrownAndTheNextCallGoesOnWhereItWas() {
        var isolation = isolation(events(8), Duration.ZERO);
        assertThatThrownBy(() -> isolation.run(part -> {
                    if (!applied.isEmpty() && part.stream().anyMatch(event -> event.offset() == 4)) {
                        throw new PgException("away", "FATAL", "57P01", null);
                    }
                    attempt(part, event -> event.offset() == 3, "22001");
                }))
                .hasMessageContaining("away");

        isolation.run(part -> attempt(part, event -> event.offset() == 3, "22001"));

        assertThat(applied).containsExactly(0L, 1L, 2L, 4L, 5L, 6L, 7L);
        assertThat(parked).containsExactly(3L);
    }

    @Test
    void aRowThatNeedsAnotherPartitionsRowIsAppliedAfterIt() {
        var batch = List.of(event(P0, 1), event(P0, 2), event(P1, 11), event(P1, 12));

        isolation(batch, Duration.ofSeconds(30))
                .run(part -> attempt(part, event -> event.offset() == 1 && !applied.contains(12L), "23503"));

        assertThat(applied).containsExactly(11L, 12L, 1L, 2L);
        assertThat(parked).isEmpty();
    }

    @Test
    void aRowThatHurtsAConstraintIsParkedWhenThePatienceIsOver() {
        var isolation = isolation(events(3), Duration.ofSeconds(30));
        assertThatThrownBy(() -> isolation.run(part -> attempt(part, event -> event.offset() == 1, "23505")))
                .hasMessageContaining("no");
        assertThat(applied).containsExactly(0L);

        now = now.plusSeconds(31);
        isolation.run(part -> attempt(part, event -> event.offset() == 1, "23505"));

        assertThat(applied).containsExactly(0L, 2L);
        assertThat(parked).containsExactly(1L);
    }
}
