package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.system.DocumentedCommands.Step;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The commands of the documents as they stand there, one after the other, on a stack with tables of one's own. */
@Tag("long")
@TestInstance(Lifecycle.PER_CLASS)
class DocumentedCommandsST {
    private final Stack stack = new Stack("documents", Map.of());

    @BeforeAll
    void clean() {
        assertThat(stack.run("clean").exitCode()).isZero();
    }

    @AfterAll
    void down() {
        var down = stack.run("down");
        assertThat(down.exitCode()).as(down.output()).isZero();
    }

    @TestFactory
    Stream<DynamicTest> everyCommandDoesWhatItsDocumentSays() {
        return DocumentedCommands.ON_THE_STACK.stream()
                .map(step -> DynamicTest.dynamicTest(step.command(), () -> run(stack, step)));
    }

    static void run(Stack stack, Step step) {
        if (step.command().equals("make watch")) {
            stack.shellUntil(step.shows()[0], step.command());
            return;
        }
        var finished = stack.shell(step.command());

        assertThat(finished.exitCode())
                .as("%s%n%s", step.command(), finished.output())
                .isZero();
        for (var shown : step.shows()) {
            assertThat(finished.output()).as(step.command()).contains(shown);
        }
    }
}
