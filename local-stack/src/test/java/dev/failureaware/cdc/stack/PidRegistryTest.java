package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidRegistryTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void file() {
        file = folder.resolve("processes.json");
    }

    @Test
    void whatWasRecordedIsReadBack() {
        PidRegistry.load(file).record(Part.KAFKA, ProcessIdentity.self());

        assertThat(PidRegistry.load(file).processes()).containsEntry(Part.KAFKA, ProcessIdentity.self());
    }

    @Test
    void forgettingAnEarlierLifeLeavesTheNewOne() {
        var registry = PidRegistry.load(file);
        var earlier = new ProcessIdentity(1, "earlier");
        registry.record(Part.KAFKA, earlier);
        registry.record(Part.KAFKA, ProcessIdentity.self());

        registry.forget(Part.KAFKA, earlier);

        assertThat(registry.processes()).containsEntry(Part.KAFKA, ProcessIdentity.self());
    }

    @Test
    void aDamagedFileIsNoReasonToFail() throws Exception {
        Files.writeString(file, "{ \"kafka\" : ");

        assertThat(PidRegistry.load(file).processes()).isEmpty();
    }

    @Test
    void aProcessIsRecognisedByPidAndStartTime() {
        assertThat(ProcessIdentity.self().isAlive()).isTrue();
    }

    @Test
    void aPidThatNowBelongsToAnotherProcessIsNeverSignalled() throws Exception {
        // Given a record whose process is gone and whose pid was given to somebody else
        var somebody = new ProcessBuilder("sleep", "60").start();
        try {
            var stale = new ProcessIdentity(somebody.pid(), "another start");

            Signals.end(stale, "KILL", Duration.ZERO);

            assertThat(stale.isAlive()).isFalse();
            assertThat(somebody.isAlive()).isTrue();
        } finally {
            somebody.destroyForcibly();
        }
    }

    @Test
    void aProcessThatIgnoresTheRequestIsKilledWhenItsTimeIsUp() throws Exception {
        var stubborn = new ProcessBuilder("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done").start();
        try {
            stubborn.inputReader().readLine();
            var identity = ProcessIdentity.of(stubborn.pid()).orElseThrow();

            Signals.end(identity, "TERM", Duration.ofMillis(200));

            assertThat(identity.isAlive()).isFalse();
        } finally {
            stubborn.destroyForcibly();
        }
    }
}
