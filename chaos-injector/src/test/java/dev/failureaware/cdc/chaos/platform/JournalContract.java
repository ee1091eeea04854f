package dev.failureaware.cdc.chaos.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every journal holds to. */
public abstract class JournalContract {
    protected static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final Undo FOUR_REPLICAS =
            new Undo(Capability.SINK_CONSUMER, Map.of("replicas", "4", "uid", "a\"b\n\u00fc"));

    /** The same journal, as a later life of the injector opens it. */
    protected abstract Journal reopened();

    @Test
    protected void what_was_written_is_pending_in_the_next_life_with_all_that_is_needed_to_undo_it() throws Exception {
        reopened().write("lag-1", AT, List.of(FOUR_REPLICAS));

        assertThat(reopened().pending()).containsExactly(FOUR_REPLICAS);
    }

    @Test
    protected void a_second_entry_is_added() throws Exception {
        reopened().write("lag-1", AT, List.of(FOUR_REPLICAS));
        reopened().write("duplicate-1", AT, List.of(Undo.of(Capability.CONNECTOR)));

        assertThat(reopened().pending()).containsExactly(FOUR_REPLICAS, Undo.of(Capability.CONNECTOR));
    }

    @Test
    protected void nothing_is_pending_once_cleared() throws Exception {
        reopened().write("lag-1", AT, List.of(FOUR_REPLICAS));

        reopened().clear();

        assertThat(reopened().pending()).isEmpty();
    }

    @Test
    protected void in_a_new_journal_nothing_is_pending() throws Exception {
        reopened().clear();

        assertThat(reopened().pending()).isEmpty();
    }

    @Test
    protected void a_failure_with_nothing_to_undo_leaves_no_trace() throws Exception {
        reopened().write("schema-1", AT, List.of());

        assertThat(reopened().pending()).isEmpty();
    }
}
