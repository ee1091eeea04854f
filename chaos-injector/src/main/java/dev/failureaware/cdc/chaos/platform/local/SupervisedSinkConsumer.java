package dev.failureaware.cdc.chaos.platform.local;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.Lifted;
import dev.failureaware.cdc.chaos.platform.SinkConsumer;
import dev.failureaware.cdc.chaos.platform.Steps;
import dev.failureaware.cdc.chaos.platform.Undo;
import java.util.List;
import java.util.Map;

/** The sink-consumer as a process that the supervisor holds back until it is asked to start it. */
final class SupervisedSinkConsumer implements SinkConsumer {
    static final String NAME = "sink-consumer";

    private final Supervisor supervisor;
    private final Audit audit;

    SupervisedSinkConsumer(Supervisor supervisor, Audit audit) {
        this.supervisor = supervisor;
        this.audit = audit;
    }

    @Override
    public State state() throws CallFailedException, InterruptedException {
        var process = supervisor.process(NAME);
        return new State(process.running(), process.held(), process.state(), Map.of("pid", process.pid()));
    }

    @Override
    public void takeAway(Undo journalled) throws CallFailedException, InterruptedException {
        audit.of("stop", supervisor.process(NAME).target(), () -> {
            supervisor.stop(NAME);
            return null;
        });
    }

    @Override
    public Undo undo() {
        return Undo.of(Capability.SINK_CONSUMER);
    }

    @Override
    public Lifted lift(Undo undo) throws CallFailedException, InterruptedException {
        return audit.of("start", supervisor.process(NAME).target(), () -> {
            supervisor.start(NAME);
            return Lifted.asItWas();
        });
    }

    @Override
    public Steps steps() throws CallFailedException, InterruptedException {
        var process = supervisor.process(NAME);
        return new Steps(
                List.of("stop the process %s, pid %d, and hold it".formatted(NAME, process.pid())),
                List.of("start the process " + NAME),
                List.of());
    }
}
