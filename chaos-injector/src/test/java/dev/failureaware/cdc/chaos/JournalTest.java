package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private Path file;
    private Journal journal;

    @BeforeEach
    void open() {
        file = folder.resolve("new/journal.ndjson");
        journal = new Journal(file);
    }

    @Test
    void what_was_written_is_pending_in_the_next_life() throws IOException {
        journal.write("duplicate-1", AT, List.of(Undo.RESUME_CONNECTOR));

        assertThat(new Journal(file).pending()).containsExactly(Undo.RESUME_CONNECTOR);
        assertThat(Files.readString(file))
                .isEqualTo(
                        "{\"undo\":\"resume_connector\",\"failure\":\"duplicate-1\",\"at\":\"2026-01-01T00:00:00Z\"}\n");
    }

    @Test
    void nothing_is_pending_once_cleared() throws IOException {
        journal.write("lag-1", AT, List.of(Undo.START_SINK_CONSUMER));

        journal.clear();

        assertThat(journal.pending()).isEmpty();
    }

    @Test
    void without_a_file_nothing_is_pending() throws IOException {
        journal.clear();

        assertThat(journal.pending()).isEmpty();
    }

    @Test
    void a_line_cut_off_at_any_byte_was_never_acted_upon() throws IOException {
        journal.write("lag-1", AT, List.of(Undo.START_SINK_CONSUMER));
        var first = Files.size(file);
        journal.write("restart-1", AT, List.of(Undo.START_WORKER));
        var whole = Files.readAllBytes(file);

        for (var length = (int) first; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));

            assertThat(journal.pending()).as("%d bytes", length).containsExactly(Undo.START_SINK_CONSUMER);
        }
    }

    @Test
    void what_is_written_after_a_cut_off_line_can_be_read() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"undo\":\"start_wor");

        journal.write("lag-1", AT, List.of(Undo.START_SINK_CONSUMER));

        assertThat(journal.pending()).containsExactly(Undo.START_SINK_CONSUMER);
    }

    @Test
    void damage_means_that_everything_is_undone() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"undo\":\"launch_rocket\"}\n");
        assertThat(journal.pending()).containsExactly(Undo.values());

        Files.writeString(file, "\0\0\0\n");
        assertThat(journal.pending()).containsExactly(Undo.values());
    }
}
