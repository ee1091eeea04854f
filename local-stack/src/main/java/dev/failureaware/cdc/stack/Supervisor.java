package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * The life of one stack: what an earlier supervisor left is ended, everything is started, watched, and stopped in order. Who
 * runs this holds the stack's lock.
 */
final class Supervisor {
    private final Layout layout;
    private final Map<String, String> environment;
    private final Set<Part> parts;
    private final Progress progress;
    private final Map<Part, ManagedProcess> processes = Collections.synchronizedMap(new EnumMap<>(Part.class));
    private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(6, task -> {
        var thread = new Thread(task, "supervision");
        thread.setDaemon(true);
        return thread;
    });
    private ControlApi control;
    private boolean stopping;

    Supervisor(Layout layout, Map<String, String> environment, Set<Part> parts) {
        this.layout = layout;
        this.environment = environment;
        this.parts = parts;
        this.progress = new Progress(layout.progress());
    }

    /** Returns when all is ready. On failure the caller must still {@link #stop()}. */
    void start() throws IOException {
        var began = Instant.now();
        new SupervisorState(ProcessIdentity.self(), SupervisorState.Phase.STARTING).write(layout);
        new Leftovers(layout).end(progress::line);
        var user = ServerUser.of(layout);
        var secrets = new Secrets(layout.secrets());
        secrets.create();
        KafkaJvm.writeLogging(layout);
        copyScenario();
        StateFolder.handOver(layout, user);
        StateFolder.rotateLogs(layout);
        var ports = Ports.choose(Ports.wanted(environment), Ports::isFree);
        ports.moved().forEach(progress::line);
        var endpoints = Endpoints.describe(layout, ports, secrets);
        control = new ControlApi(this, ports.of(Port.SUPERVISOR), Secrets.read(secrets.apiToken()), endpoints);
        Json.replace(layout.endpoints(), endpoints);
        var launcher = new Launcher(layout, user);
        var registry = PidRegistry.load(layout.processes());
        new StartUp(
                        layout,
                        ports,
                        secrets,
                        launcher,
                        progress,
                        parts,
                        environment,
                        spec -> supervise(spec, launcher, registry))
                .run();
        new ConnectorWatch(new Connector(ports.url(Port.CONNECT))).start(timer);
        progress.step("stack", "all ready", began);
        new SupervisorState(ProcessIdentity.self(), SupervisorState.Phase.READY).write(layout);
    }

    /** A copy, because the injector may not be allowed to read the caller's file. */
    private void copyScenario() throws IOException {
        var asked = Optional.ofNullable(environment.get("INJECTOR_SCENARIO")).map(Path::of);
        var file = asked.orElse(layout.home().resolve("scenario.json"));
        var copy = layout.config().resolve("scenario.json");
        if (Files.exists(file)) {
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        } else if (asked.isPresent()) {
            throw StackException.badInput("INJECTOR_SCENARIO=" + file + ": there is no such file");
        }
    }

    private ManagedProcess supervise(ProcessSpec spec, Launcher launcher, PidRegistry registry) {
        synchronized (processes) {
            var process = new ManagedProcess(spec, launcher, registry, timer, layout);
            if (stopping) {
                process.shutDown();
            }
            processes.put(spec.part(), process);
            return process;
        }
    }

    Optional<ManagedProcess> process(Part part) {
        return Optional.ofNullable(processes.get(part));
    }

    List<ManagedProcess.View> views() {
        synchronized (processes) {
            return processes.values().stream().map(ManagedProcess::view).toList();
        }
    }

    /** In order; returns when nothing runs any more. A second call waits for the first. */
    synchronized void stop() {
        synchronized (processes) {
            if (stopping) {
                return;
            }
            stopping = true;
        }
        new SupervisorState(ProcessIdentity.self(), SupervisorState.Phase.STOPPING).write(layout);
        for (var part : Part.inStopOrder()) {
            process(part).filter(process -> process.view().identity() != null).ifPresent(process -> {
                var began = Instant.now();
                process.shutDown();
                progress.step(part.label(), "stopped", began);
            });
        }
        processes.values().forEach(ManagedProcess::shutDown);
        // What a step of an interrupted start still ran, initdb for instance.
        new Leftovers(layout).end(progress::line);
        if (control != null) {
            control.close();
        }
        timer.shutdownNow();
        try {
            Files.deleteIfExists(layout.endpoints());
            new DevSettings(layout).remove();
        } catch (IOException e) {
            System.out.println(Instant.now() + " cannot remove " + layout.endpoints() + ": " + e.getMessage());
        }
    }
}
