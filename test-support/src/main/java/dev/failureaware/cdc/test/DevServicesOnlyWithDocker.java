package dev.failureaware.cdc.test;

import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Switches Dev Services off where the servers run embedded. Without it a datasource that needs Docker fails the
 * application's augmentation. Registered as a service; only on the class path of tests.
 */
public final class DevServicesOnlyWithDocker implements ConfigSource {
    private final Map<String, String> properties =
            TestServers.chosen() == TestServers.EMBEDDED ? Map.of("quarkus.devservices.enabled", "false") : Map.of();

    @Override
    public Map<String, String> getProperties() {
        return properties;
    }

    @Override
    public Set<String> getPropertyNames() {
        return properties.keySet();
    }

    @Override
    public String getValue(String name) {
        return properties.get(name);
    }

    @Override
    public String getName() {
        return "dev services only with docker";
    }

    /** Above application.properties (250), below environment variables (300). */
    @Override
    public int getOrdinal() {
        return 260;
    }
}
