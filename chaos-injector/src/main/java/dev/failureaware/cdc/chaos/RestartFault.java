package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.LocalPlatform.Instance;
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
    private final LocalPlatform platform;
    private final ConnectClient connect;
    private final SourceDatabase source;
    private final LoadClient load;
    private final Repair repair;
    private final Time time;
    private final String slot;
    private final Duration patience;
    private final Duration limit;
    private final Evidence evidence = new Evidence();

    private Instance killed;
    private OptionalLong readerBefore = OptionalLong.empty();
    private OptionalLong writtenBefore = OptionalLong.empty();
    private boolean attempted;
    private boolean closed;

    RestartFault(
            LocalPlatform platform,
            ConnectClient connect,
            SourceDatabase source,
            LoadClient load,
            Repair repair,
            Time time,
            String slot,
            Duration patience,
            Duration limit) {
        this.platform = platform;
        this.connect = connect;
        this.source = source;
        this.load = load;
        this.repair = repair;
        this.time = time;
        this.slot = slot;
        this.patience = patience;
        this.limit = limit;
    }

    @Override
    public Set<Undo> undo() {
        return Set.of(Undo.START_WORKER);
    }

    @Override
    public void inject() throws CallFailedException, InterruptedException {
        var before = platform.worker();
        readerBefore = source.slotReader(slot);
        writtenBefore = load.acknowledged();
        attempted = true;
        var victim = platform.killWorker();
        killed = victim;
        evidence.fact("worker_pid_killed", victim.pid());
        evidence.fact("worker_started_at", victim.startedAt());
        evidence.mustHold(before.pid() == victim.pid(), "another worker was killed than the one that ran before");
    }

    @Override
    public void close() throws CallFailedException, InterruptedException {
        if (closed || !attempted) {
            return;
        }
        if (killed == null) {
            // No answer, so nobody knows whether it was killed.
            repair.apply(Undo.START_WORKER);
            connect.awaitRunning();
            closed = true;
            return;
        }
        var worker = newWorker();
        var reader = time.await("new worker with connector and task RUNNING", limit, this::streaming);
        closed = true;
        evidence.fact("worker_pid_after", worker.pid());
        evidence.fact("worker_last_exit", worker.lastExit());
        evidence.fact("slot_reader_before", readerBefore);
        evidence.fact("slot_reader_after", reader);
        var written = load.acknowledged();
        evidence.fact("commits_before_kill", writtenBefore);
        evidence.fact("commits_when_running_again", written);
        evidence.mustHold(
                written.isPresent() && writtenBefore.isPresent() && written.getAsLong() > writtenBefore.getAsLong(),
                "no commit was acknowledged between kill and restart: there was no load to lose");
    }

    private Instance newWorker() throws CallFailedException, InterruptedException {
        try {
            return time.await("restart by the supervisor", patience, this::successor);
        } catch (CallFailedException e) {
            evidence.fact("worker_started_by", "injector");
            repair.apply(Undo.START_WORKER);
            return time.await("new worker", limit, this::successor);
        }
    }

    private Optional<Instance> successor() throws CallFailedException, InterruptedException {
        return Optional.of(platform.worker()).filter(worker -> worker.running() && !worker.sameLife(killed));
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
