package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.ConnectWorker;
import dev.failureaware.cdc.chaos.platform.ConnectWorker.Life;
import dev.failureaware.cdc.chaos.platform.Time;
import dev.failureaware.cdc.chaos.platform.Undo;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Kills the Connect worker under load. Lifted when a new worker runs the connector and its task.
 *
 * <p>Right after its start a worker answers with the states that its predecessor stored, so RUNNING alone proves nothing: the
 * replication slot must also have a new reader.
 */
final class RestartFault implements Fault {
    private final ConnectWorker worker;
    private final ConnectRest connect;
    private final SourceDatabase source;
    private final LoadClient load;
    private final Time time;
    private final String slot;
    private final Duration patience;
    private final Duration limit;
    private final Evidence evidence = new Evidence();

    private Undo undo;
    private Life killed;
    private OptionalLong readerBefore = OptionalLong.empty();
    private OptionalLong writtenBefore = OptionalLong.empty();
    private boolean attempted;
    private boolean closed;

    RestartFault(
            ConnectWorker worker,
            ConnectRest connect,
            SourceDatabase source,
            LoadClient load,
            Time time,
            String slot,
            Duration patience,
            Duration limit) {
        this.worker = worker;
        this.connect = connect;
        this.source = source;
        this.load = load;
        this.time = time;
        this.slot = slot;
        this.patience = patience;
        this.limit = limit;
    }

    @Override
    public Set<Undo> prepare() throws CallFailedException, InterruptedException {
        undo = worker.undo();
        return Set.of(undo);
    }

    @Override
    public boolean undoes() {
        return true;
    }

    @Override
    public void inject() throws CallFailedException, InterruptedException {
        var before = worker.present();
        readerBefore = source.slotReader(slot);
        writtenBefore = load.acknowledged();
        attempted = true;
        var victim = worker.kill(undo);
        killed = victim;
        victim.identity().forEach((name, value) -> evidence.fact("worker_" + name + "_killed", value));
        evidence.fact("worker_started_at", victim.startedAt());
        evidence.mustHold(before.same(victim), "another worker was killed than the one that ran before");
    }

    @Override
    public void close() throws CallFailedException, InterruptedException {
        if (closed || !attempted) {
            return;
        }
        if (killed == null) {
            // No answer, so nobody knows whether it was killed.
            worker.lift(undo);
            connect.awaitRunning();
            closed = true;
            return;
        }
        var next = newWorker();
        var reader = time.await("new worker with connector and task RUNNING", limit, this::streaming);
        closed = true;
        next.identity().forEach((name, value) -> evidence.fact("worker_" + name + "_after", value));
        evidence.fact("worker_last_exit", next.lastExit());
        evidence.fact("slot_reader_before", readerBefore);
        evidence.fact("slot_reader_after", reader);
        var written = load.acknowledged();
        evidence.fact("commits_before_kill", writtenBefore);
        evidence.fact("commits_when_running_again", written);
        evidence.mustHold(
                written.isPresent() && writtenBefore.isPresent() && written.getAsLong() > writtenBefore.getAsLong(),
                "no commit was acknowledged between kill and restart: there was no load to lose");
    }

    private Life newWorker() throws CallFailedException, InterruptedException {
        try {
            return time.await("restart by the platform", patience, this::successor);
        } catch (CallFailedException e) {
            evidence.fact("worker_started_by", worker.starter());
            worker.lift(undo);
            return time.await("new worker", limit, this::successor);
        }
    }

    private Optional<Life> successor() throws CallFailedException, InterruptedException {
        return Optional.of(worker.present()).filter(life -> life.running() && !life.same(killed));
    }

    private Optional<OptionalLong> streaming() throws CallFailedException, InterruptedException {
        if (!connect.state().running()) {
            return Optional.empty();
        }
        var reader = source.slotReader(slot);
        var anew = readerBefore.isEmpty() || (reader.isPresent() && !reader.equals(readerBefore));
        return anew ? Optional.of(reader) : Optional.empty();
    }

    @Override
    public Evidence evidence() {
        return evidence;
    }
}
