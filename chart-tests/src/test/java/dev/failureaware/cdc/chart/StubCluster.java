package dev.failureaware.cdc.chart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * As much of an API server as the chart's {@code lookup} needs. helm-java asks the cluster even when it only renders; and
 * what an upgrade keeps can only be seen when there is something to keep. Go reads KUBECONFIG when the process starts, so the
 * build sets it, and this class writes the file that it names.
 */
final class StubCluster {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Object> CORE = resources(
            "v1", Map.of("Secret", "secrets", "ConfigMap", "configmaps", "ServiceAccount", "serviceaccounts"));
    private static final Map<String, Object> APPS = resources("apps/v1", Map.of("Deployment", "deployments"));

    private static StubCluster instance;

    private final Map<String, Object> objects = new ConcurrentHashMap<>();

    static synchronized StubCluster get() {
        if (instance == null) {
            try {
                instance = new StubCluster();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return instance;
    }

    private StubCluster() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(runnable -> {
            var thread = new Thread(runnable, "stub-cluster");
            thread.setDaemon(true);
            thread.start();
        });
        server.start();
        var kubeconfig = Path.of(System.getenv("KUBECONFIG"));
        Files.createDirectories(kubeconfig.getParent());
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                current-context: stub
                contexts: [{name: stub, context: {cluster: stub, user: stub}}]
                users: [{name: stub, user: {}}]
                clusters: [{name: stub, cluster: {server: "http://127.0.0.1:%d"}}]
                """.formatted(server.getAddress().getPort()));
    }

    /** Makes the cluster hold these objects and no others; keys are {@code PLURAL/NAME}, all in one namespace. */
    void holds(Map<String, Object> wanted) {
        objects.clear();
        objects.putAll(wanted);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var parts = path.split("/");
        Object body = switch (path) {
            case "/api/v1" -> CORE;
            case "/apis/apps/v1" -> APPS;
            default -> objects.get(parts[parts.length - 2] + "/" + parts[parts.length - 1]);
        };
        var bytes = JSON.writeValueAsBytes(
                body != null
                        ? body
                        : Map.of(
                                "kind",
                                "Status",
                                "apiVersion",
                                "v1",
                                "status",
                                "Failure",
                                "reason",
                                "NotFound",
                                "code",
                                404));
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(body != null ? 200 : 404, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static Map<String, Object> resources(String groupVersion, Map<String, String> pluralByKind) {
        var resources = pluralByKind.entrySet().stream()
                .map(entry -> Map.of(
                        "name", entry.getValue(),
                        "singularName", "",
                        "namespaced", true,
                        "kind", entry.getKey(),
                        "verbs", List.of("get")))
                .toList();
        return Map.of(
                "kind", "APIResourceList", "apiVersion", "v1", "groupVersion", groupVersion, "resources", resources);
    }
}
