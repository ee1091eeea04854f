package dev.failureaware.cdc.stack;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Brings the parts up: each as soon as what it needs is ready, independent ones at the same time. */
final class StartUp {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Layout layout;
    private final Ports ports;
    private final Secrets secrets;
    private final Launcher launcher;
    private final Progress progress;
    private final Set<Part> parts;
    private final Map<String, String> environment;
    private final Registrar registrar;
    private final ExecutorService workers = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "start");
        thread.setDaemon(true);
        return thread;
    });
    private final List<CompletableFuture<Void>> steps = new ArrayList<>();

    /** Takes a part under supervision. */
    @FunctionalInterface
    interface Registrar {
        ManagedProcess supervise(ProcessSpec spec);
    }

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    StartUp(
            Layout layout,
            Ports ports,
            Secrets secrets,
            Launcher launcher,
            Progress progress,
            Set<Part> parts,
            Map<String, String> environment,
            Registrar registrar) {
        this.layout = layout;
        this.ports = ports;
        this.secrets = secrets;
        this.launcher = launcher;
        this.progress = progress;
        this.parts = parts;
        this.environment = environment;
        this.registrar = registrar;
    }

    /** Returns when all is ready; fails with the first step that failed. */
    void run() {
        var own = OwnParts.of(environment);
        var databases = new Databases(layout, secrets, own);
        var unpacked = new CompletableFuture<PostgresBinaries>();
        var binaries = step("postgresql", List.of(), () -> unpacked.complete(unpack()));
        var source = postgres(Part.SOURCE, Port.SOURCE, binaries, unpacked, databases::setUpSource);
        var sink = postgres(Part.SINK, Port.SINK, binaries, unpacked, databases::setUpSink);
        var kafka = step(Part.KAFKA, List.of(), () -> {
            var broker = new KafkaBroker(layout, ports);
            broker.initialise(launcher);
            launch(broker.spec(), ports.address(Port.KAFKA));
        });
        var connect = step(Part.CONNECT, List.of(kafka), () -> {
            var worker = new ConnectWorker(layout, ports, secrets, plugins(own));
            worker.initialise();
            launch(worker.spec(), ports.address(Port.CONNECT));
        });
        if (parts.contains(Part.CONNECT) && parts.contains(Part.SOURCE)) {
            step("connector", List.of(source, connect), () -> {
                var began = Instant.now();
                var connector = new Connector(ports.url(Port.CONNECT));
                connector.deploy(Connector.settings(layout, ports, secrets, own), PATIENCE);
                progress.step("connector", "connector and task run", began);
            });
        }
        service(Part.SINK_CONSUMER, List.of(sink, kafka));
        service(Part.VERIFIER, List.of(source, sink, kafka));
        service(Part.LOAD_GENERATOR, List.of(source));
        service(Part.CHAOS_INJECTOR, List.of(source));
        awaitAll();
    }

    private Map<String, String> plugins(OwnParts own) {
        return own.plugins()
                .map(folder -> Map.of("plugin.path", layout.connectorPlugins() + "," + folder))
                .orElse(Map.of());
    }

    private PostgresBinaries unpack() throws java.io.IOException {
        var began = Instant.now();
        var binaries = PostgresBinaries.unpack(layout.state());
        progress.step("postgresql", "binaries of version " + PostgresBinaries.version(), began);
        return binaries;
    }

    @FunctionalInterface
    private interface SetUp {
        void run(int port) throws Exception;
    }

    private CompletableFuture<Void> postgres(
            Part part,
            Port port,
            CompletableFuture<Void> binaries,
            CompletableFuture<PostgresBinaries> unpacked,
            SetUp setUp) {
        return step(part, List.of(binaries), () -> {
            var server = new PostgresServer(part, layout, unpacked.join(), secrets.superuser(part), ports.of(port));
            server.initialise(launcher);
            launch(server.spec(), ports.address(port));
            setUp.run(ports.of(port));
        });
    }

    private void service(Part part, List<CompletableFuture<Void>> needs) {
        step(part, needs, () -> {
            var leftOut = OwnParts.of(environment).leftOut();
            var wiring = new ServiceWiring(layout, ports, secrets, environment, leftOut);
            var service = new QuarkusService(part, layout, ports, wiring.of(part));
            new DevSettings(layout)
                    .write(
                            part,
                            new QuarkusService(
                                            part,
                                            layout,
                                            ports,
                                            new ServiceWiring(layout, ports, secrets, Map.of(), leftOut).of(part))
                                    .environment());
            launch(service.spec(), ports.url(QuarkusService.port(part)));
        });
    }

    private void launch(ProcessSpec spec, String where) throws Exception {
        var began = Instant.now();
        var process = registrar.supervise(spec);
        process.start();
        process.awaitReady(PATIENCE);
        progress.step(spec.part().label(), "ready, " + where, began);
    }

    private CompletableFuture<Void> step(Part part, List<CompletableFuture<Void>> needs, Work work) {
        return parts.contains(part) ? step(part.label(), needs, work) : CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> step(String name, List<CompletableFuture<Void>> needs, Work work) {
        var step = CompletableFuture.allOf(needs.toArray(CompletableFuture[]::new))
                .thenRunAsync(
                        () -> {
                            try {
                                work.run();
                            } catch (StackException e) {
                                throw e;
                            } catch (Exception e) {
                                throw StackException.notStarted(name + ": " + e.getMessage());
                            }
                        },
                        workers);
        steps.add(step);
        return step;
    }

    /** Not simply allOf: that waits for every step, and the first failure must end the start. */
    private void awaitAll() {
        var failure = new CompletableFuture<Void>();
        steps.forEach(step -> step.whenComplete((done, problem) -> {
            if (problem != null) {
                failure.completeExceptionally(problem);
            }
        }));
        try {
            CompletableFuture.anyOf(failure, CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new)))
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StackException known
                    ? known
                    : StackException.notStarted(String.valueOf(e.getCause()));
        } finally {
            workers.shutdownNow();
        }
    }
}
