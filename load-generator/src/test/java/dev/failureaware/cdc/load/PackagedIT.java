package dev.failureaware.cdc.load;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.failureaware.cdc.test.MetricsPage;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The packaged service, jar or native executable: what is reached by reflection is there. */
@Tag("packaged")
@QuarkusIntegrationTest
@WithTestResource(PackagedIT.Source.class)
class PackagedIT {
    private static final Path LEDGER =
            Path.of("target", "packaged-ledger", "ledger.ndjson").toAbsolutePath();

    /** Embedded, Docker or not: the executable knows nothing of Dev Services. */
    public static class Source implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            TestDatabase source =
                    TestPostgres.freshDatabase().withSourceSchema().withSourceSeed();
            return Map.of(
                    "quarkus.datasource.reactive.url", source.reactiveUrl(),
                    "quarkus.datasource.username", source.user(),
                    "quarkus.datasource.password", source.password(),
                    "load.ledger", LEDGER.toString());
        }

        @Override
        public void stop() {}
    }

    @Test
    void itWritesAndKeepsItsLedger() throws IOException {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> ((Number) get("/stats").path("acknowledged")).longValue() > 20);

        get("/q/health").then().statusCode(200);
        assertThat(MetricsPage.exposed("load-generator", get("/q/metrics").asString()))
                .isEqualTo(MetricsPage.of("load-generator"));
        assertThat(Files.readString(LEDGER))
                .contains("\"state\":\"acknowledged\"")
                .containsPattern("\"table\":\"orders\",\"key\":\"[-0-9a-f]+\",\"op\":\"upsert\"");
    }
}
