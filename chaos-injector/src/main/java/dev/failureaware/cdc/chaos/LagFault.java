package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.LocalPlatform.Instance;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Takes the sink-consumer away while the source goes on writing. */
final class LagFault implements Fault {
    private final LocalPlatform platform;
    private final Repair repair;
    private final LagSampler lag;
    private final Time time;
    private final Duration hold;
    private final Duration limit;
    private final Evidence evidence = new Evidence();

    private OptionalLong before = OptionalLong.empty();
    private boolean closed;

    /**
     * @param hold how long the consumer stays away
     * @param limit of its stop and of its start
     */
    LagFault(LocalPlatform platform, Repair repair, LagSampler lag, Time time, Duration hold, Duration limit) {
        this.platform = platform;
        this.repair = repair;
        this.lag = lag;
        this.time = time;
        this.hold = hold;
        this.limit = limit;
    }

    @Override
    public Set<Undo> undo() {
        return Set.of(Undo.START_SINK_CONSUMER);
    }

    @Override
    public void inject() throws CallFailedException, InterruptedException {
        before = lag.sample();
        var running = platform.sinkConsumer();
        platform.stopSinkConsumer();
        evidence.fact("consumer_pid_stopped", running.pid());
        evidence.mustHold(running.running(), "the sink-consumer was " + running.state() + " already");
        evidence.fact("held_seconds", hold.toMillis() / 1000.0);
    }

    @Override
    public void hold() throws CallFailedException, InterruptedException {
        time.pause(hold);
        var during = lag.sample();
        var consumer = platform.sinkConsumer();
        evidence.fact("lag_before_events", before);
        evidence.fact("lag_at_end_of_hold_events", during);
        evidence.mustHold(consumer.held(), "the sink-consumer did not stay away: it is " + consumer.state());
        evidence.mustHold(before.isPresent() && during.isPresent(), "the lag could not be measured");
        evidence.mustHold(
                before.isEmpty() || during.isEmpty() || during.getAsLong() > before.getAsLong(),
                "the lag did not grow");
    }

    @Override
    public void close() throws CallFailedException, InterruptedException {
        if (closed) {
            return;
        }
        repair.apply(Undo.START_SINK_CONSUMER);
        var consumer = time.await("running sink-consumer", limit, this::running);
        closed = true;
        evidence.fact("consumer_pid_after", consumer.pid());
    }

    private Optional<Instance> running() throws CallFailedException, InterruptedException {
        return Optional.of(platform.sinkConsumer()).filter(Instance::running);
    }

    @Override
    public Evidence evidence() {
        return evidence;
    }
}
