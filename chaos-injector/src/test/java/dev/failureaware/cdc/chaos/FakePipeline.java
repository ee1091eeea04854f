package dev.failureaware.cdc.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;

/**
 * Supervisor, Connect, verifier and load generator as one real HTTP server, on which nothing flows. It keeps the state that a
 * call changes, notes every call that is no GET, and can be told to misbehave.
 */
public final class FakePipeline implements AutoCloseable {
    public static final String TOKEN = "test-token";
    private static final int LAG_PER_LOOK = 50;
    private static final int ROWS_SENT_AGAIN = 120;

    private final HttpServer server;
    private final Map<String, Process> processes = new LinkedHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final Set<String> tokens = new TreeSet<>();
    private final Deque<String> verifications = new ArrayDeque<>();
    private final Map<String, Deque<Integer>> refusals = new LinkedHashMap<>();
    private String always;
    private String connector = "RUNNING";
    private boolean offsets = true;
    private boolean forgetful = true;
    private boolean load = true;
    private boolean lagGrows = true;
    private long duplicates = 3;
    private long acknowledged = 1000;
    private long lag;
    private long nextPid = 500;

    private static final class Process {
        private long pid;
        private String state = "running";
        private int looksUntilRunning;
    }

    public FakePipeline() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reset();
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work, "fake-pipeline");
            thread.setDaemon(true);
            return thread;
        }));
        server.start();
    }

    public synchronized void reset() {
        processes.clear();
        for (var name : List.of("connect", "sink-consumer")) {
            var process = new Process();
            process.pid = nextPid++;
            processes.put(name, process);
        }
        calls.clear();
        tokens.clear();
        verifications.clear();
        refusals.clear();
        always = "PASS";
        connector = "RUNNING";
        offsets = true;
        forgetful = true;
        load = true;
        lagGrows = true;
        lag = 0;
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Every call that changes something, in order. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    public synchronized Set<String> tokensSeen() {
        return Set.copyOf(tokens);
    }

    public synchronized String stateOf(String process) {
        return processes.get(process).state;
    }

    public synchronized String connectorState() {
        return connector;
    }

    public synchronized void hold(String process) {
        processes.get(process).state = "held";
    }

    public synchronized void stopConnector() {
        connector = "STOPPED";
    }

    /** As {@code PUT /resume}, done by somebody else. */
    public synchronized void resumeConnector() {
        resume();
    }

    /** As {@code DELETE /offsets}, done by somebody else. */
    public synchronized void forgetOffsets() {
        offsets = false;
    }

    /** A lag grows only while the consumer is away. */
    /** As where another sink is used. */
    public synchronized void withoutConsumer() {
        processes.remove("sink-consumer");
    }

    public synchronized void consumer(boolean running) {
        processes.get("sink-consumer").state = running ? "running" : "held";
        lag = running ? 0 : lag;
    }

    /** The next verifications answer these, one each; those after them what is set by {@link #verifyAlways}. */
    public synchronized void verifyNext(String... statuses) {
        verifications.addAll(List.of(statuses));
    }

    public synchronized void verifyAlways(String status) {
        always = status;
    }

    public synchronized void noLoad() {
        load = false;
    }

    public synchronized void lagDoesNotGrow() {
        lagGrows = false;
    }

    /** The connector resumes where it was, whatever became of its offsets. */
    public synchronized void nothingIsSentAgain() {
        forgetful = false;
    }

    /** @param call for instance {@code POST /processes/connect/kill} */
    public synchronized void refuse(String call, Integer... statuses) {
        refusals.computeIfAbsent(call, any -> new ArrayDeque<>()).addAll(List.of(statuses));
    }

    private void handle(HttpExchange exchange) throws IOException {
        var method = exchange.getRequestMethod();
        var path = exchange.getRequestURI().getPath();
        exchange.getRequestBody().readAllBytes();
        Answer answer;
        synchronized (this) {
            if (!method.equals("GET")) {
                calls.add(method + " " + path);
                tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            }
            var refusal = refusals.getOrDefault(method + " " + path, new ArrayDeque<>());
            answer = refusal.isEmpty()
                    ? answer(method + " " + path)
                    : new Answer(refusal.poll(), "{\"error\":\"refused\"}");
        }
        var bytes = answer.body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private record Answer(int status, String body) {}

    private Answer answer(String call) {
        return switch (call) {
            case "GET /processes" -> ok(processes());
            case "POST /processes/connect/kill" -> kill();
            case "POST /processes/connect/start" -> start("connect");
            case "POST /processes/sink-consumer/stop" -> stopConsumer();
            case "POST /processes/sink-consumer/start" -> start("sink-consumer");
            case "GET /connectors/shop/status" -> ok(status());
            case "PUT /connectors/shop/stop" -> connector("STOPPED");
            case "PUT /connectors/shop/resume" -> resume();
            case "GET /connectors/shop/offsets" ->
                ok(offsets ? "{\"offsets\":[{\"partition\":{},\"offset\":{\"lsn\":1}}]}" : "{\"offsets\":[]}");
            case "DELETE /connectors/shop/offsets" -> deleteOffsets();
            case "GET /connectors/shop/config" ->
                ok(
                        "{\"connector.class\":\"io.example.Postgres\",\"database.password\":\"geheim\",\"key.converter\":\"json\"}");
            case "GET /connector-plugins" -> ok("[{\"class\":\"io.example.Postgres\",\"version\":\"3.7.0\"}]");
            case "GET /" -> ok("{\"version\":\"4.3.1\"}");
            case "GET /lag" -> ok("{\"events\":" + nextLag() + "}");
            case "GET /stats" ->
                ok("{\"acknowledged\":%d,\"rate\":20,\"seed\":7,\"running\":true}".formatted(nextStats()));
            case "POST /verify" -> ok(report(verifications.isEmpty() ? always : verifications.poll()));
            default -> new Answer(404, "{\"error\":\"no such thing\"}");
        };
    }

    private static Answer ok(String body) {
        return new Answer(200, body);
    }

    private String processes() {
        var items = new ArrayList<String>();
        processes.forEach((name, process) -> {
            if (process.state.equals("backoff") && --process.looksUntilRunning <= 0) {
                process.state = "running";
                process.pid = nextPid++;
            }
            items.add(
                    "{\"name\":\"%s\",\"pid\":%d,\"startedAt\":\"2026-01-01T00:00:0%dZ\",\"state\":\"%s\",\"lastExit\":\"137\"}"
                            .formatted(name, process.pid, process.pid % 10, process.state));
        });
        return "[" + String.join(",", items) + "]";
    }

    private Answer kill() {
        var worker = processes.get("connect");
        if (!worker.state.equals("running")) {
            return new Answer(409, "{\"error\":\"not running\"}");
        }
        worker.state = "backoff";
        worker.looksUntilRunning = 3;
        return ok("{\"pid\":%d,\"startedAt\":\"2026-01-01T00:00:0%dZ\"}".formatted(worker.pid, worker.pid % 10));
    }

    private Answer start(String name) {
        var process = processes.get(name);
        if (!process.state.equals("running")) {
            process.state = "running";
            process.pid = nextPid++;
            lag = 0;
        }
        return ok("{}");
    }

    private Answer stopConsumer() {
        hold("sink-consumer");
        return ok("{}");
    }

    private String status() {
        var tasks = connector.equals("STOPPED") ? "" : "{\"id\":0,\"state\":\"RUNNING\"}";
        return "{\"connector\":{\"state\":\"%s\"},\"tasks\":[%s]}".formatted(connector, tasks);
    }

    private Answer connector(String state) {
        connector = state;
        return new Answer(204, "");
    }

    private Answer resume() {
        if (!offsets && forgetful) {
            duplicates += ROWS_SENT_AGAIN;
        }
        offsets = true;
        return connector("RUNNING");
    }

    private Answer deleteOffsets() {
        if (!connector.equals("STOPPED")) {
            return new Answer(400, "{\"message\":\"must be stopped\"}");
        }
        offsets = false;
        return ok("{}");
    }

    private long nextLag() {
        if (lagGrows && processes.get("sink-consumer").state.equals("held")) {
            lag += LAG_PER_LOOK;
        }
        return lag;
    }

    private long nextStats() {
        acknowledged += load ? 7 : 0;
        return acknowledged;
    }

    private String report(String status) {
        return reportJson(status, duplicates);
    }

    static String reportJson(String status, long duplicates) {
        var missing = status.equals("PASS") || status.equals("UNKNOWN") ? 0 : 2;
        var tables = new ArrayList<String>();
        for (var table : List.of("customers", "orders", "order_items")) {
            var lost = table.equals("orders") ? missing : 0;
            var differences = lost == 0 ? "" : "{\"class\":\"missing\",\"key\":\"<lost row>\"}";
            tables.add(("\"%s\":{\"status\":\"%s\",\"counts\":{\"source\":40,\"sink\":%d},\"missing\":%d,"
                            + "\"orphans\":0,\"mismatches\":0,\"differences\":[%s]}")
                    .formatted(table, lost == 0 && missing > 0 ? "PASS" : status, 40 - lost, lost, differences));
        }
        var checks = new ArrayList<String>();
        for (var check : Scenario.Check.NAMES) {
            checks.add("{\"name\":\"%s\",\"status\":\"%s\",\"detail\":\"as told\"}".formatted(check, status));
        }
        return ("{\"status\":\"%s\"%s,\"timestamp\":\"2026-01-01T00:00:00Z\",\"tables\":{%s},\"checks\":[%s],"
                        + "\"summary\":{\"totalSourceRows\":120,\"totalSinkRows\":%d,\"totalMissing\":%d,\"totalOrphans\":0,"
                        + "\"totalMismatches\":0,\"lag\":0,\"duplicatesAbsorbed\":%d,\"parked\":0}}")
                .formatted(
                        status,
                        status.equals("UNKNOWN") ? ",\"reason\":\"the sink does not answer\"" : "",
                        String.join(",", tables),
                        String.join(",", checks),
                        120 - missing,
                        missing,
                        duplicates);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
