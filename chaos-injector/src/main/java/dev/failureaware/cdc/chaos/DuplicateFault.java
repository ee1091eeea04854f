package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.ConnectorLife;
import dev.failureaware.cdc.chaos.platform.Undo;
import java.util.Set;

/**
 * Makes the connector forget where it was, so that it sends every row again. Rows that change meanwhile must arrive in their
 * new form; rows that are deleted meanwhile never become an event, and the sink must find out by itself.
 */
final class DuplicateFault implements Fault {
    private static final int ORDERS_DELETED = 3;
    private static final int CUSTOMERS_CHANGED = 5;

    /** For a plan. */
    static final String WRITES = "meanwhile delete %d orders and a customer and change %d customers at the source"
            .formatted(ORDERS_DELETED, CUSTOMERS_CHANGED);

    private final ConnectorLife connector;
    private final ConnectRest connect;
    private final SourceDatabase source;
    private final String tag;
    private final Evidence evidence = new Evidence();
    private Undo undo;
    private boolean closed;

    /** @param tag makes changed values new */
    DuplicateFault(ConnectorLife connector, ConnectRest connect, SourceDatabase source, String tag) {
        this.connector = connector;
        this.connect = connect;
        this.source = source;
        this.tag = tag;
    }

    @Override
    public Set<Undo> prepare() throws CallFailedException, InterruptedException {
        undo = connector.undo();
        return Set.of(undo);
    }

    @Override
    public boolean undoes() {
        return true;
    }

    @Override
    public void inject() throws CallFailedException, InterruptedException {
        connector.stop(undo);
        var before = connect.offsets().size();
        connector.forgetOffsets(undo);
        var after = connect.offsets().size();
        evidence.fact("offsets_before", before);
        evidence.fact("offsets_after", after);
        evidence.mustHold(before > 0, "the connector had no offsets to forget");
        evidence.mustHold(after == 0, "the connector kept its offsets");
        write();
    }

    private void write() throws CallFailedException, InterruptedException {
        var orders = source.deleteOrders(ORDERS_DELETED);
        var customers = source.deleteCustomer();
        var changed = source.renameCustomers("Changed while away " + tag, CUSTOMERS_CHANGED);
        evidence.keys("orders_deleted", orders.orders());
        evidence.fact("items_deleted_with_them", orders.items());
        evidence.keys("customers_deleted", customers);
        evidence.keys("customers_changed", changed);
        evidence.mustHold(!orders.orders().isEmpty() || !customers.isEmpty(), "there was no row to delete");
        evidence.mustHold(!changed.isEmpty(), "there was no row to change");
    }

    @Override
    public void close() throws CallFailedException, InterruptedException {
        if (closed || undo == null) {
            return;
        }
        evidence.lifted(connector.lift(undo));
        connect.awaitRunning();
        closed = true;
    }

    @Override
    public void settled(Recovery recovery) {
        evidence.mustHold(
                recovery.duplicatesAbsorbed().orElse(0) > 0,
                "the sink absorbed no duplicate: nothing shows that rows were sent again");
    }

    @Override
    public Evidence evidence() {
        return evidence;
    }
}
