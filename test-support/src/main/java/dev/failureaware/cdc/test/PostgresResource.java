package dev.failureaware.cdc.test;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A fresh PostgreSQL database for each reactive datasource of a {@code @QuarkusTest}, where Dev Services do not provide
 * one. The argument {@value #DATASOURCES} names them, separated by commas; without it, it is the default datasource.
 * Databases are empty and entered as superuser.
 */
public class PostgresResource implements QuarkusTestResourceLifecycleManager {
    public static final String DATASOURCES = "datasources";

    private List<String> datasources = List.of("");

    @Override
    public void init(Map<String, String> arguments) {
        if (arguments.containsKey(DATASOURCES)) {
            datasources = List.of(arguments.get(DATASOURCES).split("\\s*,\\s*"));
        }
    }

    @Override
    public Map<String, String> start() {
        if (TestServers.chosen() == TestServers.DEV_SERVICES) {
            return Map.of();
        }
        var config = new HashMap<String, String>();
        for (var datasource : datasources) {
            var database = TestPostgres.freshDatabase();
            var prefix = TestPostgres.datasourcePrefix(datasource);
            config.put(prefix + "reactive.url", database.reactiveUrl());
            config.put(prefix + "username", database.user());
            config.put(prefix + "password", database.password());
        }
        return config;
    }

    /** The server lives as long as the JVM, and its databases with it. */
    @Override
    public void stop() {}
}
