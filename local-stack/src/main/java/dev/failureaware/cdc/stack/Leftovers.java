package dev.failureaware.cdc.stack;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Ends, in order, what a killed supervisor left running. Only for the holder of the lock. */
final class Leftovers {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Layout layout;

    Leftovers(Layout layout) {
        this.layout = layout;
    }

    void end(Consumer<String> progress) {
        var registry = PidRegistry.load(layout.processes());
        var recorded = registry.processes();
        for (var part : Part.inStopOrder()) {
            var identity = recorded.get(part);
            if (identity == null) {
                continue;
            }
            if (identity.isAlive()) {
                Signals.end(identity, signal(part), PATIENCE);
                progress.accept(
                        "ended %s, left by an earlier supervisor (pid %d)".formatted(part.label(), identity.pid()));
            }
            registry.forget(part, identity);
        }
        unrecorded().forEach(identity -> {
            Signals.end(identity, "TERM", PATIENCE);
            progress.accept("ended a process of this stack that was not recorded (pid %d)".formatted(identity.pid()));
        });
    }

    private static String signal(Part part) {
        return part == Part.SOURCE || part == Part.SINK ? "INT" : "TERM";
    }

    /** Started in the moment in which its supervisor was killed; or backends whose server is gone. */
    private List<ProcessIdentity> unrecorded() {
        var found = new java.util.ArrayList<>(LinuxProcesses.startedBy(layout));
        found.addAll(LinuxProcesses.workingIn(layout.data(Part.SOURCE)));
        found.addAll(LinuxProcesses.workingIn(layout.data(Part.SINK)));
        return found;
    }
}
