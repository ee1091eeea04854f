package dev.failureaware.cdc.load;

import java.util.Locale;

/** The kinds of transactions, and how often each is drawn where it is possible. */
enum Operation {
    CUSTOMER_CREATED(14),
    EMAIL_CHANGED(16),
    ORDER_CREATED(26),
    STATUS_CHANGED(26),
    ITEM_ADDED(10),
    CUSTOMER_SOFT_DELETED(2),
    ORDER_SOFT_DELETED(2),
    ORDER_DELETED(3),
    CUSTOMER_DELETED(1);

    static final int TOTAL_WEIGHT = totalWeight();

    private final int weight;

    Operation(int weight) {
        this.weight = weight;
    }

    /** @param ticket from 0 to {@link #TOTAL_WEIGHT}, exclusive */
    static Operation drawnBy(int ticket) {
        var left = ticket;
        for (var operation : values()) {
            left -= operation.weight;
            if (left < 0) {
                return operation;
            }
        }
        throw new IllegalArgumentException("ticket " + ticket + " of " + TOTAL_WEIGHT);
    }

    private static int totalWeight() {
        var sum = 0;
        for (var operation : values()) {
            sum += operation.weight;
        }
        return sum;
    }

    /** As the ledger and the metrics spell it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
