package dev.failureaware.cdc.chaos;

import java.util.Set;

/**
 * Makes the connector forget where it was, so that it sends every row again. Rows that change meanwhile must arrive in their
 * new form; rows that are deleted meanwhile never become an event, and the sink must find out by itself.
 */
final class DuplicateFault implements Fault {
    private static final int ORDERS_DELETED = 3;
    private static final int CUSTOMERS_CHANGED = 5;

    private final ConnectClient connect;
    private final SourceDatabase source;
    private final Repair repair;
    private final String tag;
    private final Evidence evidence = new Evidence();
    private boolean closed;

    /** @param tag makes changed values new */
    DuplicateFault(ConnectClient connect, SourceDatabase source, Repair repair, String tag) {
        this.connect = connect;
        this.source = source;
        this.repair = repair;
        this.tag = tag;
    }

    @Override
    public Set<Undo> undo() {
        return Set.of(Undo.RESUME_CONNECTOR);
    }

    @Override
    public void inject() throws CallFailedException, InterruptedException {
        connect.stop();
        var before = connect.offsets().size();
        connect.deleteOffsets();
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
        if (closed) {
            return;
        }
        repair.apply(Undo.RESUME_CONNECTOR);
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
