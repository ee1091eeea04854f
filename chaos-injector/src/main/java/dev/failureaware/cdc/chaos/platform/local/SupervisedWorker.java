package dev.failureaware.cdc.chaos.platform.local;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.ConnectWorker;
import dev.failureaware.cdc.chaos.platform.Lifted;
import dev.failureaware.cdc.chaos.platform.Steps;
import dev.failureaware.cdc.chaos.platform.Undo;
import java.util.List;
import java.util.Map;

/** The worker as a process; the supervisor starts a killed one again, after a back-off. */
final class SupervisedWorker implements ConnectWorker {
    private static final String NAME = "connect";

    private final Supervisor supervisor;
    private final Audit audit;

    SupervisedWorker(Supervisor supervisor, Audit audit) {
        this.supervisor = supervisor;
        this.audit = audit;
    }

    @Override
    public Life present() throws CallFailedException, InterruptedException {
        return life(supervisor.process(NAME));
    }

    @Override
    public Life kill(Undo journalled) throws CallFailedException, InterruptedException {
        var target = supervisor.process(NAME).target();
        return life(audit.of("kill", target, () -> supervisor.kill(NAME)));
    }

    private static Life life(Supervisor.Instance process) {
        return new Life(
                process.pid() + " " + process.startedAt(),
                process.running(),
                Map.of("pid", process.pid()),
                process.startedAt(),
                process.lastExit());
    }

    @Override
    public Undo undo() {
        return Undo.of(Capability.WORKER);
    }

    @Override
    public Lifted lift(Undo undo) throws CallFailedException, InterruptedException {
        return audit.of("start", supervisor.process(NAME).target(), () -> {
            supervisor.start(NAME);
            return Lifted.asItWas();
        });
    }

    @Override
    public String starter() {
        return "injector";
    }

    @Override
    public Steps steps() throws CallFailedException, InterruptedException {
        var process = supervisor.process(NAME);
        return new Steps(
                List.of("kill (SIGKILL) the process %s, pid %d".formatted(NAME, process.pid())),
                List.of("the supervisor starts it again; if it does not, start the process " + NAME),
                List.of());
    }
}
