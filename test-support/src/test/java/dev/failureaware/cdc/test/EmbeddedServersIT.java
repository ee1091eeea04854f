package dev.failureaware.cdc.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class EmbeddedServersIT {
    @Test
    void eachDatabaseIsEmptyAndOfItsOwn() {
        var one = TestPostgres.freshDatabase();
        var other = TestPostgres.freshDatabase();

        one.execute("CREATE TABLE t (i int); INSERT INTO t VALUES (1), (2)");

        assertThat(one.count("t")).isEqualTo(2);
        assertThat(other.value("SELECT to_regclass('t')")).isNull();
        assertThat(one.value("SHOW wal_level")).isEqualTo("logical");
    }

    @Test
    void theSourceIsAsDeployedAndItsFilesMayRunAgain() {
        var source = TestPostgres.freshDatabase().withSourceSchema().withSourceSeed();
        var rows = source.count("order_items");
        source.as("cdc_owner").execute("ALTER TABLE customers ADD COLUMN tier varchar(20) DEFAULT 'standard'");

        source.withSourceSchema().withSourceSeed();

        assertThat(rows).isPositive();
        assertThat(source.count("order_items")).isEqualTo(rows);
        assertThat(source.value("SELECT count(*) FROM customers WHERE tier = 'standard'"))
                .isEqualTo(source.count("customers"));
    }

    @Test
    void theVerifierMayFenceAndReadButNotWrite() {
        var verifier = TestPostgres.freshDatabase().withSourceSchema().as("cdc_verifier");

        assertThat(verifier.value("SELECT pg_logical_emit_message(true, 'cdc-fence', 'x')::text"))
                .asString()
                .contains("/");
        assertThat(verifier.count("orders")).isZero();
        assertThatThrownBy(() -> verifier.execute("DELETE FROM orders")).hasMessageContaining("permission denied");
    }

    @Test
    void theVerifierReadsWhatTheSinkWillCreate() {
        var sink = TestPostgres.freshDatabase().withSinkRoles();
        sink.as("cdc_sink").execute("CREATE SCHEMA _cdc; CREATE TABLE _cdc.t (i int); CREATE TABLE t (i int)");

        var verifier = sink.as("cdc_verifier");

        assertThat(verifier.count("_cdc.t")).isZero();
        assertThat(verifier.count("t")).isZero();
        assertThatThrownBy(() -> verifier.execute("INSERT INTO t VALUES (1)"))
                .hasMessageContaining("permission denied");
    }

    @Test
    void oneBrokerServesTheWholeJvm() throws Exception {
        var servers = TestKafka.bootstrapServers();

        TestKafka.createTopic(servers, "three-parts", 3);

        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            assertThat(admin.listTopics().names().get()).contains("three-parts");
        }
    }
}
