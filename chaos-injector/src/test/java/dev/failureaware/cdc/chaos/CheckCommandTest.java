package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void a_scenario_that_can_be_run_is_answered_with_its_plan() {
        var code = check("check", "../scenario.json");

        assertThat(code).isZero();
        assertThat(text(out))
                .contains("t=30s restart-recovery (restart)", "t=150s historical-backfill", "all rows and all columns");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void one_that_cannot_is_answered_with_one_line_per_mistake(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("s.json"), "{\"id\":\"x\",\"failures\":[{\"type\":\"meteor\"}]}");

        var code = check("check", file.toString());

        assertThat(code).isEqualTo(2);
        assertThat(text(err).lines()).hasSize(2).allMatch(line -> line.startsWith(file + ": failures[0]."));
    }

    @Test
    void anything_else_is_answered_with_the_usage() {
        assertThat(check("chekc", "scenario.json")).isEqualTo(2);
        assertThat(check("check")).isEqualTo(2);
        assertThat(text(err)).contains("usage:", "check FILE");
    }

    private int check(String... args) {
        return CheckCommand.run(new PrintStream(out), new PrintStream(err), args);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
