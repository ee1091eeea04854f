package dev.failureaware.cdc.test;

import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;

/** PostgreSQL for tests. */
public final class TestPostgres {
    private static final String SUPERUSER = "postgres";

    private TestPostgres() {}

    /**
     * An empty database of its own on this JVM's embedded server, entered as superuser. Roles and replication slots belong
     * to the whole server and are seen by all tests of the JVM.
     */
    public static TestDatabase freshDatabase() {
        var name = "test_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        var server =
                new TestDatabase("127.0.0.1", EmbeddedServers.postgresPort(), "postgres", SUPERUSER, "any password");
        server.execute("CREATE DATABASE " + name);
        return new TestDatabase(server.host(), server.port(), name, SUPERUSER, server.password());
    }

    /**
     * The database behind a datasource of the running {@code @QuarkusTest}, whoever provides it.
     *
     * @param datasource name of the datasource, or an empty text for the default one
     */
    public static TestDatabase ofDatasource(String datasource) {
        var config = ConfigProvider.getConfig();
        var prefix = datasourcePrefix(datasource);
        return TestDatabase.ofReactiveUrl(
                config.getValue(prefix + "reactive.url", String.class),
                config.getValue(prefix + "username", String.class),
                config.getValue(prefix + "password", String.class));
    }

    static String datasourcePrefix(String datasource) {
        return datasource.isEmpty() ? "quarkus.datasource." : "quarkus.datasource." + datasource + ".";
    }
}
