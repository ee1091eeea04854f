package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * The stack's servers and services one by one, with settings of the caller's: for programs that measure them. No supervisor
 * and no restart; all that was started ends with {@link #close()}. Each process has its own folder below the state folder, free
 * ports, and the command line that the stack gives it.
 */
public final class Workbench implements AutoCloseable {
    private final Path home;
    private final Path state;
    private final int firstPort;
    private final Secrets secrets;
    private final Deque<Running> running = new ArrayDeque<>();
    private final Set<Integer> takenPorts = new java.util.HashSet<>();
    private boolean closed;

    private Workbench(Path home, Path state, int firstPort) {
        this.home = home;
        this.state = state;
        this.firstPort = firstPort;
        this.secrets = new Secrets(state.resolve("secrets"));
    }

    /**
     * @param home a clone whose parts are built
     * @param state an empty folder, the caller's to remove
     * @param firstPort ports are taken from here upwards, busy ones left out
     */
    public static Workbench in(Path home, Path state, int firstPort) throws IOException {
        return needing(EnumSet.of(Part.KAFKA, Part.CONNECT, Part.SINK_CONSUMER), home, state, firstPort);
    }

    /** The same for databases and the verifier, which need no other part. */
    public static Workbench ofDatabases(Path home, Path state, int firstPort) throws IOException {
        return needing(EnumSet.of(Part.VERIFIER), home, state, firstPort);
    }

    private static Workbench needing(Set<Part> built, Path home, Path state, int firstPort) throws IOException {
        var bench = new Workbench(home, state, firstPort);
        BuildOutput.require(new Layout(home, state), built);
        bench.secrets.create();
        return bench;
    }

    /** Of the superuser {@code postgres}; made for this workbench. */
    public String password() {
        return Secrets.read(secrets.superuser(Part.SOURCE));
    }

    /** The same password as a reference that a Connect worker resolves, so that no configuration holds it. */
    public String passwordReference() throws IOException {
        Files.writeString(secrets.connectFolder().resolve("postgres"), password());
        ServerUser.of(new Layout(home, state)).own(secrets.folder());
        return "${dir:" + secrets.connectFolder() + ":postgres}";
    }

    public String token() {
        return Secrets.read(secrets.apiToken());
    }

    /** @param changed settings in place of the stack's, or beside them */
    public Running postgres(Map<String, String> changed) throws IOException, InterruptedException {
        return postgres("postgres", changed);
    }

    /**
     * @param name its folder's
     * @param changed settings in place of the stack's, or beside them
     */
    public Running postgres(String name, Map<String, String> changed) throws IOException, InterruptedException {
        var place = new Place(name);
        return postgres(place, PostgresBinaries.unpack(place.layout.state()), changed);
    }

    /**
     * The same with programs that are installed on this machine.
     *
     * @param installation has {@code bin}
     */
    public Running postgres(String name, Path installation, Map<String, String> changed)
            throws IOException, InterruptedException {
        return postgres(new Place(name), PostgresBinaries.installed(installation), changed);
    }

    private Running postgres(Place place, PostgresBinaries binaries, Map<String, String> changed)
            throws IOException, InterruptedException {
        var ports = ports(Port.SOURCE);
        var server = new PostgresServer(
                Part.SOURCE, place.layout, binaries, secrets.superuser(Part.SOURCE), ports.of(Port.SOURCE), changed);
        place.user.own(secrets.folder());
        server.initialise(place.launcher());
        return launch(place, server.spec(), ports.address(Port.SOURCE));
    }

    public Running kafka(int heapMegabytes) throws IOException, InterruptedException {
        var place = new Place("kafka");
        var ports = ports(Port.KAFKA, Port.KAFKA_CONTROLLER);
        var broker = new KafkaBroker(place.layout, ports, heapMegabytes);
        broker.initialise(place.launcher());
        place.handOver();
        return launch(place, broker.spec(), ports.address(Port.KAFKA));
    }

    /**
     * A Connect worker.
     *
     * @param name its folder's, and its group's with the topics that belong to that
     * @param plugins the folder of plugin folders
     * @param jvmOptions in place of the stack's; empty for those
     * @param changed settings in place of the stack's, or beside them
     */
    public Running connect(
            String name, Running kafka, Path plugins, List<String> jvmOptions, Map<String, String> changed)
            throws IOException, InterruptedException {
        var place = new Place(name);
        var ports = ports(Port.CONNECT);
        ports.numbers().put(Port.KAFKA, kafka.port());
        var settings = new HashMap<>(Map.of(
                "plugin.path", plugins.toString(),
                "group.id", name,
                "config.storage.topic", name + "-configs",
                "offset.storage.topic", name + "-offsets",
                "status.storage.topic", name + "-status"));
        settings.putAll(changed);
        var worker = new ConnectWorker(place.layout, ports, secrets, settings);
        worker.initialise();
        place.handOver();
        var spec = jvmOptions.isEmpty() ? worker.spec() : worker.spec(jvmOptions);
        return launch(place, spec, ports.address(Port.CONNECT));
    }

    /**
     * A sink-consumer with the JVM options that the stack gives it. Returned when launched, not when ready.
     *
     * @param name its folder's
     * @param environment all of its wiring, except where it listens
     */
    public Running sinkConsumer(String name, Map<String, String> environment) throws IOException, InterruptedException {
        var place = new Place(name);
        var ports = ports(Port.SINK_CONSUMER);
        var service = new QuarkusService(Part.SINK_CONSUMER, place.layout, ports, environment);
        place.handOver();
        return launch(place, service.spec(), ports.address(Port.SINK_CONSUMER));
    }

    /** The JVM options of {@link #sinkConsumer}, for reports. */
    public List<String> sinkConsumerOptions() {
        var command = new QuarkusService(
                        Part.SINK_CONSUMER, new Layout(home, state), portsOf(Map.of(Port.SINK_CONSUMER, 1)), Map.of())
                .spec()
                .command();
        return command.stream().filter(option -> option.startsWith("-X")).toList();
    }

    public Path connectorPlugins() {
        return new Layout(home, state).connectorPlugins();
    }

    public Path connectorSettings() {
        return new Layout(home, state).connectorSettings();
    }

    private Running launch(Place place, ProcessSpec spec, String address) throws IOException, InterruptedException {
        spec.beforeLaunch().run();
        synchronized (this) {
            if (closed) {
                throw StackException.notStarted("interrupted");
            }
            var process = place.launcher().launch(spec);
            var started = new Running(spec, address, process, place.layout.log(spec.part()));
            running.push(started);
            return started;
        }
    }

    private synchronized Ports ports(Port... wanted) {
        var numbers = new java.util.EnumMap<Port, Integer>(Port.class);
        IntPredicate free = number -> !takenPorts.contains(number) && Ports.isFree(number);
        for (var port : wanted) {
            var number = java.util.stream.IntStream.range(firstPort, 65536)
                    .filter(free)
                    .findFirst()
                    .orElseThrow(() -> StackException.notStarted("no free port from " + firstPort + " upwards"));
            takenPorts.add(number);
            numbers.put(port, number);
        }
        return new Ports(numbers, List.of());
    }

    private static Ports portsOf(Map<Port, Integer> numbers) {
        return new Ports(new java.util.EnumMap<>(numbers), List.of());
    }

    /** Ends everything, last started first. Nothing can be started afterwards. */
    @Override
    public void close() {
        List<Running> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(running);
        }
        all.forEach(Running::stop);
    }

    /** Where one process lives and who it runs as. */
    private final class Place {
        final Layout layout;
        final ServerUser user;

        Place(String name) throws IOException {
            layout = new Layout(home, state.resolve(name));
            StateFolder.prepare(layout);
            KafkaJvm.writeLogging(layout);
            user = ServerUser.of(layout);
            handOver();
        }

        void handOver() throws IOException {
            StateFolder.handOver(layout, user);
        }

        Launcher launcher() {
            return new Launcher(layout, user);
        }
    }
}
