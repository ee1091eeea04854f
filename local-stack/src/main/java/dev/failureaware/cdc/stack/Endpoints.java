package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failureaware.cdc.injector.client.InjectorClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where everything listens, and where each password lies: written by the supervisor, read by the commands and by people. */
final class Endpoints {
    private final JsonNode json;

    private Endpoints(JsonNode json) {
        this.json = json;
    }

    static Map<String, Object> describe(Layout layout, Ports ports, Secrets secrets) {
        var servers = new LinkedHashMap<String, Object>();
        servers.put("source", database(Part.SOURCE, ports.of(Port.SOURCE), secrets));
        servers.put("sink", database(Part.SINK, ports.of(Port.SINK), secrets));
        servers.put("kafka", Map.of("address", ports.address(Port.KAFKA)));
        servers.put("connect", Map.of("url", ports.url(Port.CONNECT), "connector", Connector.NAME));
        var services = new LinkedHashMap<String, Object>();
        for (var service : Part.services()) {
            services.put(service.label(), Map.of("url", ports.url(QuarkusService.port(service))));
        }
        services.put("supervisor", Map.of("url", ports.url(Port.SUPERVISOR)));
        var all = new LinkedHashMap<String, Object>();
        all.put("servers", servers);
        all.put("services", services);
        all.put("token_file", secrets.apiToken().toString());
        all.put("state_folder", layout.state().toString());
        return all;
    }

    private static Map<String, Object> database(Part part, int port, Secrets secrets) {
        var users = new LinkedHashMap<String, Object>();
        for (var role : Databases.ROLES.get(part)) {
            users.put(role, Map.of("password_file", secrets.role(part, role).toString()));
        }
        var database = new LinkedHashMap<String, Object>();
        database.put("address", Port.HOST + ":" + port);
        database.put("host", Port.HOST);
        database.put("port", port);
        database.put("database", Databases.NAME);
        database.put("users", users);
        return database;
    }

    /** Those of the running stack. */
    static Endpoints of(Layout layout) {
        if (SupervisorState.running(layout).isEmpty() || !Files.exists(layout.endpoints())) {
            throw StackException.notStarted("the stack is not running; start it with: make up");
        }
        try {
            return new Endpoints(Json.read(layout.endpoints()));
        } catch (IOException e) {
            throw new StackException(ExitCode.NOT_STARTED, "cannot read " + layout.endpoints(), e);
        }
    }

    JsonNode json() {
        return json;
    }

    String url(Part service) {
        return service == Part.CONNECT
                ? json.at("/servers/connect/url").asText()
                : json.path("services").path(service.label()).path("url").asText();
    }

    /** Asked at once: what runs on this machine is there or is not. */
    InjectorClient injector() {
        return new InjectorClient(
                URI.create(url(Part.CHAOS_INJECTOR)), token(), Duration.ZERO, "see: make logs NAME=chaos-injector");
    }

    String supervisorUrl() {
        return json.at("/services/supervisor/url").asText();
    }

    String kafka() {
        return json.at("/servers/kafka/address").asText();
    }

    SqlAddress database(Part database, String role) {
        var server = json.path("servers").path(database.label());
        return new SqlAddress(
                server.path("port").asInt(),
                role,
                Path.of(server.path("users").path(role).path("password_file").asText()));
    }

    String token() {
        return Secrets.read(tokenFile());
    }

    Path tokenFile() {
        return Path.of(json.path("token_file").asText());
    }
}
