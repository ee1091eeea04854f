package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;

/** What the supervisor says about itself in its file, for the commands. */
record SupervisorState(ProcessIdentity identity, Phase phase) {
    enum Phase {
        STARTING,
        READY,
        STOPPING
    }

    void write(Layout layout) {
        try {
            Json.replace(
                    layout.supervisorState(),
                    Map.of("pid", identity.pid(), "started", identity.started(), "phase", phase.name()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + layout.supervisorState(), e);
        }
    }

    /** The supervisor that runs now, if one does. */
    static Optional<SupervisorState> running(Layout layout) {
        if (!Files.exists(layout.supervisorState())) {
            return Optional.empty();
        }
        try {
            var json = Json.read(layout.supervisorState());
            var state = new SupervisorState(
                    new ProcessIdentity(
                            json.path("pid").asLong(), json.path("started").asText()),
                    Phase.valueOf(json.path("phase").asText()));
            return state.identity().isAlive() ? Optional.of(state) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
