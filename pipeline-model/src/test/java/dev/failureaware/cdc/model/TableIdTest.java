package dev.failureaware.cdc.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableIdTest {
    @Test
    void quotesWhateverTheNamesHold() {
        assertThat(new TableId("Sales 2026", "a\"b").quoted()).isEqualTo("\"Sales 2026\".\"a\"\"b\"");
    }

    @Test
    void readsNamesWithAndWithoutSchema() {
        assertThat(TableId.parse("orders")).isEqualTo(new TableId("public", "orders"));
        assertThat(TableId.parse("shop.orders").label()).isEqualTo("shop.orders");
        assertThat(TableId.parse("public.orders").label()).isEqualTo("orders");
    }
}
