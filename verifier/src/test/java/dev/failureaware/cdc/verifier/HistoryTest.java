package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.failureaware.cdc.model.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    private final ObjectMapper json = new ObjectMapper().registerModule(new JavaTimeModule());

    @TempDir
    Path folder;

    @Test
    void verdictsSurviveARestart() {
        var file = folder.resolve("new/history.ndjson");
        history(file).add(report(1));

        var entries = history(file).all();

        assertThat(entries).singleElement().satisfies(entry -> {
            assertThat(entry.timestamp()).isEqualTo(Instant.ofEpochSecond(1));
            assertThat(entry.reason()).isEqualTo("away");
        });
    }

    @Test
    void theFileAndTheMemoryAreBounded() throws Exception {
        var file = folder.resolve("history.ndjson");
        var history = history(file);
        for (var i = 0; i < 3 * History.KEPT; i++) {
            history.add(report(i));
        }

        assertThat(history.all()).hasSize(History.KEPT);
        assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(2 * History.KEPT);
        assertThat(history(file).all()).isEqualTo(history.all());
        assertThat(history.last(1))
                .singleElement()
                .satisfies(past -> assertThat(past.timestamp()).isEqualTo(Instant.ofEpochSecond(3 * History.KEPT - 1)));
    }

    /** An outage in which nothing can be proven may be longer than what is kept. */
    @Test
    void whatWasProvenIsNotForgotten() {
        var file = folder.resolve("history.ndjson");
        var history = history(file);
        history.add(new PlayedLook().verified(Verdict.PASS, null).report());
        history.add(new PlayedLook()
                .after(5)
                .verified(Verdict.FAIL, "2 rows are missing")
                .report());
        for (var i = 0; i < 3 * History.KEPT; i++) {
            history.add(report(i));
        }

        for (var proof : List.of(history.proof(), history(file).proof())) {
            assertThat(proof.equalAt()).isEqualTo(PlayedLook.START);
            assertThat(proof.wrongSince()).isEqualTo(PlayedLook.START.plusSeconds(5));
            assertThat(proof.reason()).isEqualTo("2 rows are missing");
        }
        assertThat(history(file).all()).isEqualTo(history.all()).hasSize(History.KEPT);
    }

    @Test
    void aLineCutByACrashCostsOneVerdict() throws Exception {
        var file = folder.resolve("history.ndjson");
        history(file).add(report(1));
        Files.writeString(file, "{\"timestamp\":\"2026-", StandardOpenOption.APPEND);

        var history = history(file);
        history.add(report(2));

        assertThat(history.all()).hasSize(2);
        assertThat(history(file).all()).hasSize(2);
    }

    @Test
    void aFileThatCannotBeWrittenCostsNoVerdict() throws Exception {
        var history = history(Files.writeString(folder.resolve("file"), "").resolve("below-a-file"));

        history.add(report(1));

        assertThat(history.all()).hasSize(1);
    }

    private History history(Path file) {
        return new History(Optional.of(file), json);
    }

    private static Report report(long second) {
        return PlayedLook.unknown("away", Instant.ofEpochSecond(second), 1);
    }
}
