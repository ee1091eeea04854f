package dev.failureaware.cdc.chaos;

import dev.failureaware.cdc.test.TestPostgres;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;

/** A {@link FakePipeline} beside a real source, entered by the roles that a deployment has. */
public class FakePipelineResource implements QuarkusTestResourceLifecycleManager {
    private FakePipeline pipeline;

    @Override
    public Map<String, String> start() {
        pipeline = new FakePipeline();
        var source = TestPostgres.freshDatabase().withSourceSchema().withSourceSeed();
        var config = new HashMap<String, String>();
        for (var role : new String[] {"owner", "loader"}) {
            var entered = source.as("cdc_" + role);
            config.put("quarkus.datasource." + role + ".reactive.url", entered.reactiveUrl());
            config.put("quarkus.datasource." + role + ".username", entered.user());
            config.put("quarkus.datasource." + role + ".password", entered.password());
        }
        for (var neighbour : new String[] {"verifier", "connect", "supervisor", "load-generator"}) {
            config.put("injector." + neighbour + "-url", pipeline.uri().toString());
        }
        try {
            var folder = Files.createTempDirectory("injector");
            config.put("injector.journal", folder.resolve("journal.ndjson").toString());
            config.put("injector.report-dir", folder.resolve("report").toString());
            config.put("injector.scenario", folder.resolve("scenario.json").toString());
            // What a killed injector leaves behind.
            pipeline.hold("sink-consumer");
            Files.writeString(
                    folder.resolve("journal.ndjson"),
                    "{\"undo\":\"start_sink_consumer\",\"failure\":\"lag\",\"at\":\"2026-01-01T00:00:00Z\"}\n{\"undo\":\"resu");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        config.put("injector.poll-interval", "20ms");
        config.put("injector.lag-interval", "50ms");
        config.put("injector.steady-lead", "200ms");
        config.put("injector.restart-patience", "2s");
        config.put("injector.step-timeout", "5s");
        config.put("cdc.api-token", FakePipeline.TOKEN);
        return config;
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(pipeline, field -> field.getType().getName().equals(FakePipeline.class.getName()));
    }

    @Override
    public void stop() {
        if (pipeline != null) {
            pipeline.close();
        }
    }
}
