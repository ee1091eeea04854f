package dev.failureaware.cdc.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.sink.apply.TableStoppedException;
import dev.failureaware.cdc.sink.decode.TableShape;
import dev.failureaware.cdc.sink.plan.Plan.ShapeUse;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoppedTablesTest {
    private static final TableId TABLE = TableId.parse("public.t");

    private final StoppedTables stopped = new StoppedTables();

    private void stop(String lane) {
        var shape = new TableShape(TABLE, List.of(), List.of("id", "a"));
        stopped.stop(new TableStoppedException(new ShapeUse(shape, 1, 2), "the key is another one"), lane);
    }

    /** The table that the refused shape does not fit is made by that batch, and until then it would fit. */
    @Test
    void whatABatchHasStoppedIsNotLookedAtBeforeTheBatchIsThrough() {
        stop("lane-0");
        stop("lane-1");
        assertThat(stopped.all()).containsOnlyKeys(TABLE);
        assertThat(stopped.settled()).isEmpty();

        stopped.batchIsOver("lane-0");
        assertThat(stopped.settled()).isEmpty();
        stopped.batchIsOver("lane-1");
        assertThat(stopped.settled()).containsOnlyKeys(TABLE);

        stop("lane-1");
        assertThat(stopped.settled()).isEmpty();
        stopped.readAgain();
        assertThat(stopped.all()).isEmpty();
        stop("lane-0");
        stopped.batchIsOver("lane-0");
        assertThat(stopped.settled()).containsOnlyKeys(TABLE);
    }
}
