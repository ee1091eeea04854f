package dev.failureaware.cdc.load;

import java.util.List;
import java.util.Locale;

/** Where an order stands, and where it may go from there. */
enum OrderStatus {
    PENDING,
    PAID,
    SHIPPED,
    DELIVERED,
    CANCELLED;

    /** Empty when the order is at its end. */
    List<OrderStatus> next() {
        return switch (this) {
            case PENDING -> List.of(PAID, CANCELLED);
            case PAID -> List.of(SHIPPED, CANCELLED);
            case SHIPPED -> List.of(DELIVERED);
            case DELIVERED, CANCELLED -> List.of();
        };
    }

    /** As the database spells it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static OrderStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
