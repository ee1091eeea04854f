package dev.failureaware.cdc.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Debezium's JDBC sink in place of ours, by the commands of docs/own-pipeline.md. */
@Tag("long")
class OwnSinkST {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Stack stack = new Stack("own-sink", Map.of());

    @BeforeEach
    void clean() {
        assertThat(stack.run("clean").exitCode()).isZero();
    }

    @AfterEach
    void down() {
        stack.run("down");
    }

    @Test
    void aSinkThatIsNotOursIsVerifiedByItsConsumerGroup() {
        for (var step : DocumentedCommands.WITH_ANOTHER_SINK) {
            DocumentedCommandsST.run(stack, step);
        }

        await("PASS")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptions()
                .until(() -> stack.verify(Duration.ofSeconds(20)).path("status").asText(), "PASS"::equals);
    }
}
