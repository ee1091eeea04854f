package dev.failureaware.cdc.chaos.platform.local;

import dev.failureaware.cdc.chaos.platform.Audit;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.ConnectorLife;
import dev.failureaware.cdc.chaos.platform.Lifted;
import dev.failureaware.cdc.chaos.platform.Steps;
import dev.failureaware.cdc.chaos.platform.Undo;
import java.util.List;

/** The connector where nobody but Kafka Connect itself looks after it. */
final class RestConnector implements ConnectorLife {
    private final ConnectRest connect;
    private final Audit.Target target;
    private final Audit audit;

    RestConnector(ConnectRest connect, String name, Audit audit) {
        this.connect = connect;
        this.target = Audit.Target.connector(name);
        this.audit = audit;
    }

    @Override
    public void stop(Undo journalled) throws CallFailedException, InterruptedException {
        audit.of("stop", target, () -> {
            connect.stop();
            return null;
        });
    }

    @Override
    public void forgetOffsets(Undo journalled) throws CallFailedException, InterruptedException {
        audit.of("delete-offsets", target, () -> {
            connect.deleteOffsets();
            return null;
        });
    }

    @Override
    public Undo undo() {
        return Undo.of(Capability.CONNECTOR);
    }

    @Override
    public Lifted lift(Undo undo) throws CallFailedException, InterruptedException {
        return audit.of("resume", target, () -> {
            connect.resume();
            return Lifted.asItWas();
        });
    }

    @Override
    public Steps steps() {
        return new Steps(
                List.of("stop the connector " + target.name(), "delete its offsets"),
                List.of("resume the connector " + target.name()),
                List.of());
    }
}
