package dev.failureaware.cdc.stack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One of our services: its jar, and its wiring by environment as on every platform. */
final class QuarkusService {
    private final Part part;
    private final Layout layout;
    private final Ports ports;
    private final Map<String, String> environment;

    QuarkusService(Part part, Layout layout, Ports ports, Map<String, String> environment) {
        this.part = part;
        this.layout = layout;
        this.ports = ports;
        this.environment = environment;
    }

    static Port port(Part part) {
        return switch (part) {
            case SINK_CONSUMER -> Port.SINK_CONSUMER;
            case VERIFIER -> Port.VERIFIER;
            case LOAD_GENERATOR -> Port.LOAD_GENERATOR;
            case CHAOS_INJECTOR -> Port.INJECTOR;
            case SOURCE, SINK, KAFKA, CONNECT -> throw new IllegalArgumentException(part + " is no service");
        };
    }

    private static int heapMegabytes(Part part) {
        return switch (part) {
            case SINK_CONSUMER -> 240;
            case VERIFIER -> 160;
            case LOAD_GENERATOR, CHAOS_INJECTOR -> 64;
            case SOURCE, SINK, KAFKA, CONNECT -> throw new IllegalArgumentException(part + " is no service");
        };
    }

    private List<String> options() {
        var options = new ArrayList<>(Jvm.options(layout, heapMegabytes(part)));
        if (part == Part.SINK_CONSUMER) {
            // In a backlog, what waits outlives a collection or two. With room for that in the young part it is
            // not moved to the old one, and with its full size from the start the heap is not collected each time
            // that it would have to grow.
            options.addAll(List.of("-Xms" + heapMegabytes(part) + "m", "-Xmn160m", "-XX:SurvivorRatio=4"));
        }
        return options;
    }

    /** The wiring, and where the service listens. */
    Map<String, String> environment() {
        var all = new LinkedHashMap<>(environment);
        all.put("QUARKUS_HTTP_HOST", Port.HOST);
        all.put("QUARKUS_HTTP_PORT", Integer.toString(ports.of(port(part))));
        return all;
    }

    ProcessSpec spec() {
        var port = port(part);
        var all = new LinkedHashMap<>(environment());
        all.put("QUARKUS_CONSOLE_COLOR", "false");
        return new ProcessSpec(
                part,
                Jvm.command(options(), List.of("-jar", layout.serviceJar(part).toString())),
                Map.copyOf(all),
                "TERM",
                Duration.ofSeconds(20),
                ProcessSpec.Preparation.NONE,
                () -> Http.answers(ports.url(port) + "/q/health/ready") && showsItsPage(ports.url(port)));
    }

    /** The verifier's dashboard is opened at once; what it loads at the first request, it has loaded then. */
    private boolean showsItsPage(String url) {
        return part != Part.VERIFIER || Http.answers(url + "/") && Http.answers(url + "/dashboard/dashboard.css");
    }
}
