package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Steps;
import java.util.ArrayList;
import java.util.List;

/** Inserts customers, orders and items of a year ago, as a migration would. Inserted rows stay; there is nothing to undo. */
final class BackfillFault implements Fault {
    private static final int CUSTOMERS_PER_TRANSACTION = 5;

    private final SourceDatabase source;
    private final int customers;
    private final String tag;
    private final Evidence evidence = new Evidence();

    /** @param tag makes inserted rows unique */
    BackfillFault(SourceDatabase source, int customers, String tag) {
        this.source = source;
        this.customers = customers;
        this.tag = tag;
    }

    static Steps steps(int customers) {
        return Steps.of("insert %d customers of a year ago at the source, each with two orders of two items"
                .formatted(customers));
    }

    @Override
    public void inject() throws CallFailedException, InterruptedException {
        List<String> keys = new ArrayList<>();
        var orders = 0;
        var items = 0;
        for (var first = 1; first <= customers; first += CUSTOMERS_PER_TRANSACTION) {
            var part = source.backfill(tag, first, Math.min(CUSTOMERS_PER_TRANSACTION, customers - first + 1));
            keys.addAll(part.customers());
            orders += part.orders();
            items += part.items();
        }
        evidence.fact("customers_inserted", keys.size());
        evidence.fact("orders_inserted", orders);
        evidence.fact("items_inserted", items);
        evidence.fact("external_id_prefix", "BACKFILL-" + tag);
        evidence.keys("customer_keys", keys);
        evidence.mustHold(
                keys.size() == customers, "only %d of %d customers were inserted".formatted(keys.size(), customers));
    }

    @Override
    public void close() {}

    @Override
    public Evidence evidence() {
        return evidence;
    }
}
