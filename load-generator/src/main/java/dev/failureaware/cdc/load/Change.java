package dev.failureaware.cdc.load;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.util.List;

/** One transaction of the application. The same change written again would be another transaction. */
sealed interface Change permits CustomerChange, OrderChange {
    Operation operation();

    /** What it does as long as nobody else changes the same rows. */
    List<Effect> expected();

    /**
     * Runs its statements in the transaction that is open on the connection.
     *
     * @return what the database says it did, effects of cascades included; empty when the row is no longer there
     */
    Uni<List<Effect>> write(SqlConnection connection);

    /** Takes into the working set what has been committed. */
    void learn(WorkingSet known, List<Effect> effects);
}
