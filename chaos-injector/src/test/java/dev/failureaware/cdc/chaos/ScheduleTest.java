package dev.failureaware.cdc.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private final FakeTime clock = new FakeTime();
    private final Time time = clock.time();

    @Test
    void each_delay_counts_from_the_due_time_before() throws Exception {
        var schedule =
                Schedule.of(ScenarioReader.read(Path.of("..", "scenario.json")).scenario(), FakeTime.START);

        assertThat(schedule.dues())
                .extracting(due -> Duration.between(FakeTime.START, due.at()).toSeconds())
                .containsExactly(30L, 60L, 90L, 120L, 150L);
    }

    @Test
    void a_late_failure_is_shifted_alone() {
        var schedule = Schedule.of(
                scenario("{'id':'a','type':'lag','delay_seconds':10},{'id':'b','type':'lag','delay_seconds':10}"),
                FakeTime.START);

        var second = schedule.dues().get(1);
        assertThat(schedule.dues().get(0).shift(FakeTime.START.plusSeconds(14))).isEqualTo(Duration.ofSeconds(4));
        assertThat(second.at()).isEqualTo(FakeTime.START.plusSeconds(20));
        assertThat(second.shift(FakeTime.START.plusSeconds(19))).isZero();
    }

    @Test
    void waiting_ends_at_the_due_time() throws InterruptedException {
        time.pauseUntil(FakeTime.START.plusSeconds(30));
        time.pauseUntil(FakeTime.START.plusSeconds(20));

        assertThat(clock.elapsed()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void what_does_not_come_is_given_up_after_the_limit_with_the_last_reason() {
        var failed = catchThrowableOfType(
                CallFailedException.class,
                () -> time.await("worker", Duration.ofSeconds(3), () -> {
                    throw new CallFailedException("connection refused");
                }));

        assertThat(failed).hasMessage("worker did not come within 3 s: connection refused");
        assertThat(clock.elapsed()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void what_comes_late_is_waited_for() throws Exception {
        var looks = new ArrayDeque<>(List.of(Optional.<String>empty(), Optional.<String>empty(), Optional.of("here")));

        var found = time.await("worker", Duration.ofSeconds(3), looks::poll);

        assertThat(found).isEqualTo("here");
        assertThat(clock.elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    private static Scenario scenario(String failures) {
        try {
            return ScenarioReader.read(
                            "test",
                            "{'id':'x','failures':[%s]}".formatted(failures).replace('\'', '"'))
                    .scenario();
        } catch (ScenarioException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
