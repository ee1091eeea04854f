package dev.failureaware.cdc.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.model.TableId;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureCheckTest {
    @ParameterizedTest
    @CsvSource({
        "table.include.list, 'public.customers, public.orders', true",
        "table.include.list, 'public.customers', false",
        "table.include.list, 'public.ord', false",
        "table.include.list, 'PUBLIC\\.ord.*', true",
        "table.include.list, '', true",
        "table.exclude.list, 'public.orders', false",
        "table.exclude.list, 'public.order', true",
        "schema.include.list, 'sales', false",
        "schema.exclude.list, 'pub.*', false",
        "signal.data.collection, 'public.orders', true",
        "topic.prefix, 'shop', true"
    })
    void theConnectorsListsAreReadAsDebeziumReadsThem(String setting, String value, boolean included) {
        assertThat(CaptureCheck.isIncluded(new TableId("public", "orders"), Map.of(setting, value)))
                .isEqualTo(included);
    }
}
