package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.SinkConsumer;
import dev.failureaware.cdc.chaos.platform.Time;
import dev.failureaware.cdc.chaos.platform.Undo;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Takes the sink-consumer away while the source goes on writing. */
final class LagFault implements Fault {
    private final SinkConsumer consumer;
    private final LagSampler lag;
    private final Time time;
    private final Duration hold;
    private final Duration limit;
    private final Evidence evidence = new Evidence();

    private Undo undo;
    private OptionalLong before = OptionalLong.empty();
    private boolean closed;

    /**
     * @param hold how long the consumer stays away
     * @param limit of its stop and of its start
     */
    LagFault(SinkConsumer consumer, LagSampler lag, Time time, Duration hold, Duration limit) {
        this.consumer = consumer;
        this.lag = lag;
        this.time = time;
        this.hold = hold;
        this.limit = limit;
    }

    @Override
    public Set<Undo> prepare() throws CallFailedException, InterruptedException {
        undo = consumer.undo();
        return Set.of(undo);
    }

    @Override
    public boolean undoes() {
        return true;
    }

    @Override
    public void inject() throws CallFailedException, InterruptedException {
        before = lag.sample();
        var running = consumer.state();
        consumer.takeAway(undo);
        running.identity().forEach((name, value) -> evidence.fact("consumer_" + name + "_stopped", value));
        evidence.mustHold(running.running(), "the sink-consumer was " + running.words() + " already");
        evidence.fact("held_seconds", hold.toMillis() / 1000.0);
    }

    @Override
    public void hold() throws CallFailedException, InterruptedException {
        time.pause(hold);
        var during = lag.sample();
        var away = consumer.state();
        evidence.fact("lag_before_events", before);
        evidence.fact("lag_at_end_of_hold_events", during);
        evidence.mustHold(away.away(), "the sink-consumer did not stay away: it is " + away.words());
        evidence.mustHold(before.isPresent() && during.isPresent(), "the lag could not be measured");
        evidence.mustHold(
                before.isEmpty() || during.isEmpty() || during.getAsLong() > before.getAsLong(),
                "the lag did not grow");
    }

    @Override
    public void close() throws CallFailedException, InterruptedException {
        if (closed || undo == null) {
            return;
        }
        evidence.lifted(consumer.lift(undo));
        var back = time.await("running sink-consumer", limit, this::running);
        closed = true;
        back.identity().forEach((name, value) -> evidence.fact("consumer_" + name + "_after", value));
    }

    private Optional<SinkConsumer.State> running() throws CallFailedException, InterruptedException {
        return Optional.of(consumer.state()).filter(SinkConsumer.State::running);
    }

    @Override
    public Evidence evidence() {
        return evidence;
    }
}
