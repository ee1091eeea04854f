package dev.failureaware.cdc.chaos.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What faults may rely on, on every platform. */
public abstract class PlatformContract {
    protected static final Duration LIMIT = Duration.ofSeconds(30);

    protected final List<Audit.Entry> audited = new CopyOnWriteArrayList<>();
    protected final Audit audit = new Audit(audited::add);
    protected final Time time = Time.real(Clock.systemUTC(), Duration.ofMillis(20));

    /** As a later life of the injector makes it, on the same pipeline. */
    protected abstract Platform platform();

    protected abstract ConnectRest connect();

    /** Everything that the platform was asked to change so far. */
    protected abstract List<?> changes();

    /** Repaired by hand, as a person would while nobody looks. */
    protected abstract void aPersonRepairsEverything() throws Exception;

    @Test
    protected void a_killed_worker_is_followed_by_another_life() throws Exception {
        var worker = platform().worker();
        var before = worker.present();

        var undo = worker.undo();
        var killed = worker.kill(undo);

        assertThat(killed.same(before)).isTrue();
        worker.lift(undo);
        var after = time.await(
                "another life",
                LIMIT,
                () -> Optional.of(worker.present()).filter(life -> life.running() && !life.same(killed)));
        assertThat(after.identity().keySet()).isEqualTo(before.identity().keySet());
    }

    @Test
    protected void the_sink_consumer_is_away_until_it_is_given_back_as_it_was() throws Exception {
        var consumer = platform().sinkConsumer();
        var before = consumer.undo();

        consumer.takeAway(before);

        assertThat(consumer.state().away()).isTrue();
        assertThat(consumer.state().running()).isFalse();
        assertThat(consumer.lift(before).otherwise()).isEmpty();
        time.await("consumer", LIMIT, () -> consumer.state().running() ? Optional.of(1) : Optional.empty());
        assertThat(consumer.undo()).isEqualTo(before);
    }

    @Test
    protected void a_stopped_connector_forgets_its_offsets_and_runs_again() throws Exception {
        var connector = platform().connector();
        var before = connector.undo();

        connector.stop(before);
        assertThat(connect().state().stopped()).isTrue();
        assertThat(connect().offsets()).isNotEmpty();
        connector.forgetOffsets(before);
        assertThat(connect().offsets()).isEmpty();

        assertThat(connector.lift(before).otherwise()).isEmpty();
        connect().awaitRunning();
        assertThat(connector.undo()).isEqualTo(before);
    }

    @Test
    protected void a_look_and_a_plan_touch_nothing() throws Exception {
        for (var capability : Capability.values()) {
            var means = platform().means(capability);
            means.undo();
            assertThat(means.steps().acts()).isNotEmpty();
            assertThat(means.steps().undo()).isNotEmpty();
        }
        assertThat(platform().lacking(EnumSet.allOf(Capability.class))).isEmpty();

        assertThat(changes()).isEmpty();
        assertThat(audited).isEmpty();
    }

    @Test
    protected void the_next_life_gives_back_what_this_one_took() throws Exception {
        var dying = platform();
        for (var capability : EnumSet.of(Capability.SINK_CONSUMER, Capability.CONNECTOR)) {
            dying.journal()
                    .write("f", time.now(), List.of(dying.means(capability).undo()));
        }
        var consumer = dying.sinkConsumer().undo();
        var connector = dying.connector().undo();
        dying.sinkConsumer().takeAway(consumer);
        dying.connector().stop(connector);

        var next = platform();
        for (var undo : next.journal().pending()) {
            assertThat(next.lift(undo).otherwise()).isEmpty();
        }

        connect().awaitRunning();
        assertThat(next.sinkConsumer().undo()).isEqualTo(consumer);
        assertThat(next.connector().undo()).isEqualTo(connector);
    }

    @Test
    protected void lifting_again_is_harmless() throws Exception {
        var platform = platform();
        var consumer = platform.sinkConsumer().undo();
        platform.sinkConsumer().takeAway(consumer);
        var connector = platform.connector().undo();
        platform.connector().stop(connector);

        for (var times = 0; times < 3; times++) {
            assertThat(platform.lift(consumer).otherwise()).isEmpty();
            assertThat(platform.lift(connector).otherwise()).isEmpty();
        }

        connect().awaitRunning();
        assertThat(platform.sinkConsumer().undo()).isEqualTo(consumer);
    }

    @Test
    protected void lifting_what_was_never_broken_leaves_it_as_it_is() throws Exception {
        for (var capability : Capability.values()) {
            var before = platform().means(capability).undo();

            assertThat(platform().lift(before).otherwise()).isEmpty();

            assertThat(platform().means(capability).undo()).isEqualTo(before);
        }
    }

    @Test
    protected void what_a_person_has_repaired_meanwhile_is_not_touched_again() throws Exception {
        var platform = platform();
        var consumer = platform.sinkConsumer().undo();
        platform.sinkConsumer().takeAway(consumer);
        var connector = platform.connector().undo();
        platform.connector().stop(connector);
        aPersonRepairsEverything();

        assertThat(platform.lift(consumer).otherwise()).isEmpty();
        assertThat(platform.lift(connector).otherwise()).isEmpty();

        assertThat(connect().state().running()).isTrue();
        assertThat(platform.sinkConsumer().undo()).isEqualTo(consumer);
    }

    @Test
    protected void a_journal_that_lost_its_details_still_gets_the_pipeline_running() throws Exception {
        var platform = platform();
        var consumer = platform.sinkConsumer();
        consumer.takeAway(consumer.undo());
        platform.connector().stop(platform.connector().undo());

        for (var undo : Undo.everything()) {
            platform.lift(undo);
        }

        connect().awaitRunning();
        time.await("consumer", LIMIT, () -> consumer.state().running() ? Optional.of(1) : Optional.empty());
    }

    @Test
    protected void each_act_is_audited_with_run_failure_and_object() throws Exception {
        audit.attribute("run-7", "lag-1");
        var consumer = platform().sinkConsumer();
        var undo = consumer.undo();
        consumer.takeAway(undo);
        consumer.lift(undo);

        assertThat(audited).filteredOn(Audit.Entry::done).hasSize(2);
        assertThat(audited).filteredOn(entry -> !entry.done()).allSatisfy(this::mayBeRefusedAndDoneAgain);
        assertThat(audited).allSatisfy(entry -> {
            assertThat(entry.run()).isEqualTo("run-7");
            assertThat(entry.failure()).isEqualTo("lag-1");
            assertThat(entry.target().name()).contains("sink-consumer");
            assertThat(entry.target().uid()).isNotBlank();
        });
    }

    /** Of an act that was not done although nothing was wrong: on this platform there is no such thing. */
    protected void mayBeRefusedAndDoneAgain(Audit.Entry entry) {
        assertThat(entry.done()).as(entry.toString()).isTrue();
    }
}
