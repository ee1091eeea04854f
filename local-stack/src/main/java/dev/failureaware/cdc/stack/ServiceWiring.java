package dev.failureaware.cdc.stack;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The environment of each service: the caller's switches first, the stack's own addresses and passwords over them. */
final class ServiceWiring {
    private final Layout layout;
    private final Ports ports;
    private final Secrets secrets;
    private final Map<String, String> caller;
    private final Set<Part> leftOut;

    ServiceWiring(Layout layout, Ports ports, Secrets secrets, Map<String, String> caller, Set<Part> leftOut) {
        this.layout = layout;
        this.ports = ports;
        this.secrets = secrets;
        this.caller = caller;
        this.leftOut = leftOut;
    }

    Map<String, String> of(Part service) {
        var environment = new LinkedHashMap<String, String>();
        passThrough("QUARKUS_", environment);
        environment.put("CDC_API_TOKEN", Secrets.read(secrets.apiToken()));
        switch (service) {
            case SINK_CONSUMER -> sinkConsumer(environment);
            case VERIFIER -> verifier(environment);
            case LOAD_GENERATOR -> loadGenerator(environment);
            case CHAOS_INJECTOR -> injector(environment);
            case SOURCE, SINK, KAFKA, CONNECT -> throw new IllegalArgumentException(service + " is no service");
        }
        return environment;
    }

    private void sinkConsumer(Map<String, String> environment) {
        passThrough("SINK_", environment);
        passThrough("OTEL_", environment);
        environment.put("KAFKA_BOOTSTRAP_SERVERS", ports.address(Port.KAFKA));
        environment.put("SINK_TOPIC_PREFIX", "shop");
        datasource("", Part.SINK, Databases.SINK, environment);
    }

    private void verifier(Map<String, String> environment) {
        passThrough("VERIFIER_", environment);
        environment.put("KAFKA_BOOTSTRAP_SERVERS", ports.address(Port.KAFKA));
        environment.put("VERIFIER_TOPIC_PREFIX", "shop");
        environment.put("VERIFIER_PUBLICATION", "cdc_publication");
        environment.put("VERIFIER_SLOT", "cdc_slot");
        environment.put("VERIFIER_CONNECT_URL", ports.url(Port.CONNECT));
        environment.put("VERIFIER_CONNECTOR", Connector.NAME);
        environment.putIfAbsent(
                "VERIFIER_HISTORY_FILE",
                layout.data().resolve("verdicts.ndjson").toString());
        // Who is left out would be reported as down.
        unlessLeftOut(Part.CHAOS_INJECTOR, "VERIFIER_INJECTOR_URL", Port.INJECTOR, environment);
        unlessLeftOut(Part.SINK_CONSUMER, "VERIFIER_SINK_CONSUMER_URL", Port.SINK_CONSUMER, environment);
        unlessLeftOut(Part.LOAD_GENERATOR, "VERIFIER_LOAD_GENERATOR_URL", Port.LOAD_GENERATOR, environment);
        datasource("SOURCE_", Part.SOURCE, Databases.VERIFIER, environment);
        datasource("SINK_", Part.SINK, Databases.VERIFIER, environment);
    }

    private void unlessLeftOut(Part part, String variable, Port port, Map<String, String> environment) {
        if (!leftOut.contains(part)) {
            environment.put(variable, ports.url(port));
        }
    }

    private void loadGenerator(Map<String, String> environment) {
        passThrough("LOAD_", environment);
        environment.putIfAbsent(
                "LOAD_LEDGER", layout.data().resolve("ledger.ndjson").toString());
        datasource("", Part.SOURCE, Databases.LOADER, environment);
    }

    private void injector(Map<String, String> environment) {
        passThrough("INJECTOR_", environment);
        environment.put(
                "INJECTOR_SCENARIO", layout.config().resolve("scenario.json").toString());
        environment.put(
                "INJECTOR_JOURNAL",
                layout.data().resolve("injector-journal.json").toString());
        environment.put("INJECTOR_REPORT_DIR", layout.report().toString());
        environment.put("INJECTOR_VERIFIER_URL", ports.url(Port.VERIFIER));
        environment.put("INJECTOR_CONNECT_URL", ports.url(Port.CONNECT));
        environment.put("INJECTOR_CONNECTOR", Connector.NAME);
        environment.put("INJECTOR_SUPERVISOR_URL", ports.url(Port.SUPERVISOR));
        environment.put("INJECTOR_LOAD_GENERATOR_URL", ports.url(Port.LOAD_GENERATOR));
        datasource("OWNER_", Part.SOURCE, Databases.OWNER, environment);
        datasource("LOADER_", Part.SOURCE, Databases.LOADER, environment);
    }

    private void datasource(String name, Part database, String role, Map<String, String> environment) {
        var port = database == Part.SOURCE ? Port.SOURCE : Port.SINK;
        var prefix = "QUARKUS_DATASOURCE_" + name;
        environment.put(
                prefix + "REACTIVE_URL",
                "vertx-reactive:postgresql://%s/%s".formatted(ports.address(port), Databases.NAME));
        environment.put(prefix + "USERNAME", role);
        environment.put(prefix + "PASSWORD", Secrets.read(secrets.role(database, role)));
    }

    /** The stack's own variables share the prefixes but are not meant for a service. */
    private void passThrough(String prefix, Map<String, String> environment) {
        caller.forEach((name, value) -> {
            if (name.startsWith(prefix) && !isPort(name) && !name.equals(OwnParts.SINK_SQL)) {
                environment.put(name, value);
            }
        });
    }

    private static boolean isPort(String name) {
        return java.util.Arrays.stream(Port.values())
                .anyMatch(port -> port.variable().equals(name));
    }
}
