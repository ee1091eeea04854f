package dev.failureaware.cdc.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OrderStatusTest {
    @Test
    void anOrderIsPaidBeforeItIsShippedAndNeverCancelledAfter() {
        assertThat(OrderStatus.PENDING.next()).containsExactly(OrderStatus.PAID, OrderStatus.CANCELLED);
        assertThat(OrderStatus.PAID.next()).containsExactly(OrderStatus.SHIPPED, OrderStatus.CANCELLED);
        assertThat(OrderStatus.SHIPPED.next()).containsExactly(OrderStatus.DELIVERED);
    }

    @Test
    void deliveredAndCancelledOrdersStayAsTheyAre() {
        assertThat(OrderStatus.DELIVERED.next()).isEmpty();
        assertThat(OrderStatus.CANCELLED.next()).isEmpty();
    }
}
