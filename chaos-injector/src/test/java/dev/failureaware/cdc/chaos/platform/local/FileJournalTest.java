package dev.failureaware.cdc.chaos.platform.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.Journal;
import dev.failureaware.cdc.chaos.platform.JournalContract;
import dev.failureaware.cdc.chaos.platform.Undo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest extends JournalContract {
    private static final Undo CONSUMER = Undo.of(Capability.SINK_CONSUMER);

    @TempDir
    Path folder;

    private Path file;
    private Journal journal;

    @BeforeEach
    void open() {
        file = folder.resolve("new/journal.ndjson");
        journal = reopened();
    }

    @Override
    protected Journal reopened() {
        return new FileJournal(file);
    }

    @Test
    void an_entry_is_one_line_of_json() throws Exception {
        journal.write("duplicate-1", AT, List.of(Undo.of(Capability.CONNECTOR)));

        assertThat(Files.readString(file))
                .isEqualTo(
                        "{\"undo\":\"resume_connector\",\"failure\":\"duplicate-1\",\"at\":\"2026-01-01T00:00:00Z\"}\n");
    }

    @Test
    void a_line_cut_off_at_any_byte_was_never_acted_upon() throws Exception {
        journal.write("lag-1", AT, List.of(CONSUMER));
        var first = Files.size(file);
        journal.write("restart-1", AT, List.of(Undo.of(Capability.WORKER)));
        var whole = Files.readAllBytes(file);

        for (var length = (int) first; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));

            assertThat(journal.pending()).as("%d bytes", length).containsExactly(CONSUMER);
        }
    }

    @Test
    void what_is_written_after_a_cut_off_line_can_be_read() throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"undo\":\"start_wor");

        journal.write("lag-1", AT, List.of(CONSUMER));

        assertThat(journal.pending()).containsExactly(CONSUMER);
    }

    @Test
    void damage_means_that_everything_is_undone() throws Exception {
        damaged("{\"undo\":\"launch_rocket\"}\n");
        assertThat(journal.pending()).isEqualTo(Undo.everything());

        damaged("\0\0\0\n");
        assertThat(journal.pending()).isEqualTo(Undo.everything());
    }

    private void damaged(String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
