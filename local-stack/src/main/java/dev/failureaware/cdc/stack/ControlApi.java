package dev.failureaware.cdc.stack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The supervisor over HTTP, on the loopback address. Reading is free, everything that changes something needs the token.
 *
 * <pre>
 * GET  /processes                what runs
 * GET  /endpoints                where it listens
 * POST /processes/NAME/kill      SIGKILL; the supervisor starts it again
 * POST /processes/NAME/stop      stops and holds; returns when it is gone
 * POST /processes/NAME/start     ends a hold; returns when launched
 * </pre>
 */
final class ControlApi implements AutoCloseable {
    private record Reply(int status, Object body) {
        static Reply error(int status, String message) {
            return new Reply(status, Map.of("error", message));
        }
    }

    private final Supervisor supervisor;
    private final byte[] authorization;
    private final Map<String, Object> endpoints;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4, task -> {
        var thread = new Thread(task, "control");
        thread.setDaemon(true);
        return thread;
    });

    ControlApi(Supervisor supervisor, int port, String token, Map<String, Object> endpoints) throws IOException {
        this.supervisor = supervisor;
        this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        this.endpoints = endpoints;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(Port.HOST), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            var reply = answer(exchange);
            var body = Json.write(reply.body()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(reply.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Reply answer(HttpExchange exchange) {
        var path = List.of(exchange.getRequestURI().getPath().substring(1).split("/"));
        switch (exchange.getRequestMethod()) {
            case "GET":
                return get(path);
            case "POST":
                var given = exchange.getRequestHeaders().getFirst("Authorization");
                if (given == null || !MessageDigest.isEqual(authorization, given.getBytes(StandardCharsets.UTF_8))) {
                    return Reply.error(401, "this needs the header Authorization: Bearer TOKEN");
                }
                return post(path);
            default:
                return Reply.error(405, "only GET and POST");
        }
    }

    private Reply get(List<String> path) {
        if (path.equals(List.of("processes"))) {
            return new Reply(
                    200, supervisor.views().stream().map(ControlApi::describe).toList());
        }
        if (path.equals(List.of("endpoints"))) {
            return new Reply(200, endpoints);
        }
        return Reply.error(404, "there is /processes and /endpoints");
    }

    private Reply post(List<String> path) {
        if (path.size() != 3 || !path.get(0).equals("processes")) {
            return Reply.error(404, "there is /processes/NAME/kill, stop and start");
        }
        var process = Part.of(path.get(1)).flatMap(supervisor::process);
        if (process.isEmpty()) {
            return Reply.error(404, "no process is called " + path.get(1));
        }
        try {
            return act(process.get(), path.get(1), path.get(2));
        } catch (IOException e) {
            return Reply.error(500, path.get(1) + " cannot be started: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Reply.error(503, "the supervisor is ending");
        }
    }

    private static Reply act(ManagedProcess process, String name, String action)
            throws IOException, InterruptedException {
        switch (action) {
            case "kill":
                return process.kill()
                        .map(killed -> new Reply(
                                200,
                                Map.of(
                                        "pid", killed.identity().pid(),
                                        "startedAt", killed.startedAt().toString())))
                        .orElseGet(() -> Reply.error(409, name + " does not run"));
            case "stop":
                process.stop();
                return new Reply(200, describe(process.view()));
            case "start":
                process.start();
                return new Reply(200, describe(process.view()));
            default:
                return Reply.error(404, "there is kill, stop and start");
        }
    }

    private static Map<String, Object> describe(ManagedProcess.View view) {
        var body = new LinkedHashMap<String, Object>();
        body.put("name", view.part().label());
        body.put("pid", view.identity() == null ? null : view.identity().pid());
        body.put("startedAt", view.identity() == null ? null : view.startedAt().toString());
        body.put("state", view.state().label());
        body.put("restarts", view.restarts());
        body.put("lastExit", view.lastExit());
        return body;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
