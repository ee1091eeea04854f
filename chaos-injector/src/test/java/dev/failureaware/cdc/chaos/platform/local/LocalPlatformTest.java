package dev.failureaware.cdc.chaos.platform.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.failureaware.cdc.chaos.FakePipeline;
import dev.failureaware.cdc.chaos.platform.Capability;
import dev.failureaware.cdc.chaos.platform.ConnectRest;
import dev.failureaware.cdc.chaos.platform.HttpJson;
import dev.failureaware.cdc.chaos.platform.Platform;
import dev.failureaware.cdc.chaos.platform.PlatformContract;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPlatformTest extends PlatformContract {
    @TempDir
    Path folder;

    private final FakePipeline pipeline = new FakePipeline();

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Override
    protected Platform platform() {
        return new LocalPlatform(http("supervisor"), connect(), "shop", folder.resolve("journal.ndjson"), LIMIT, audit);
    }

    @Override
    protected ConnectRest connect() {
        return new ConnectRest(http("Connect"), "shop", time, LIMIT);
    }

    private HttpJson http(String name) {
        return new HttpJson(name, pipeline.uri(), Optional.of(FakePipeline.TOKEN), LIMIT);
    }

    @Override
    protected List<?> changes() {
        return pipeline.calls();
    }

    @Test
    void without_a_sink_consumer_a_lag_is_refused_and_nothing_else() throws Exception {
        pipeline.withoutConsumer();

        assertThat(platform().lacking(Set.of(Capability.SINK_CONSUMER)))
                .singleElement()
                .asString()
                .contains("sink-consumer");
        assertThat(platform().lacking(Set.of(Capability.WORKER, Capability.CONNECTOR)))
                .isEmpty();
    }

    @Override
    protected void aPersonRepairsEverything() {
        pipeline.consumer(true);
        pipeline.resumeConnector();
    }
}
