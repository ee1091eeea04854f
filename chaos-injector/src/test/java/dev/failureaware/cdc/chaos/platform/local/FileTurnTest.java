package dev.failureaware.cdc.chaos.platform.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.chaos.platform.Leadership;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTurnTest {
    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();

    @Test
    void of_two_on_one_journal_the_first_leads() {
        try (var first = begin("first");
                var second = begin("second")) {
            assertThat(first.leads()).isTrue();
            assertThat(second.leads()).isFalse();
            assertThat(second.holder())
                    .hasValueSatisfying(holder -> assertThat(holder).contains("journal.lock"));
            assertThat(told).containsExactly("first");
        }
    }

    @Test
    void the_next_one_leads_after_the_first_has_ended() {
        begin("first").close();

        try (var second = begin("second")) {
            assertThat(second.leads()).isTrue();
        }
    }

    private FileTurn begin(String name) {
        var turn = new FileTurn(folder.resolve("new").resolve("journal"));
        turn.begin(new Leadership.Listener() {
            @Override
            public void gained() {
                told.add(name);
            }

            @Override
            public void lost() {}
        });
        return turn;
    }
}
