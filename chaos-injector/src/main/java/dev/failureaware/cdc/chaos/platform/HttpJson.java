package dev.failureaware.cdc.chaos.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;

/** JSON over HTTP with one neighbour; every call has a time limit and can be interrupted. */
public final class HttpJson {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_SHOWN = 300;

    private final String neighbour;
    private final String base;
    private final Optional<String> token;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * @param neighbour what messages call the other side
     * @param token sent as bearer token with every call
     * @param timeout limit of a call that names none
     */
    public HttpJson(String neighbour, URI base, Optional<String> token, Duration timeout) {
        this.neighbour = neighbour;
        this.base = base.toString().replaceAll("/+$", "");
        this.token = token;
        this.timeout = timeout;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    public JsonNode get(String path) throws CallFailedException, InterruptedException {
        return call("GET", path, timeout);
    }

    /** The answer whatever its status is, as long as there is one. */
    public Answer ask(String path) throws CallFailedException, InterruptedException {
        return send("GET", path, timeout);
    }

    public JsonNode call(String method, String path) throws CallFailedException, InterruptedException {
        return call(method, path, timeout);
    }

    /** @throws CallFailedException for every answer but 2xx */
    public JsonNode call(String method, String path, Duration limit) throws CallFailedException, InterruptedException {
        var answer = send(method, path, limit);
        if (answer.status() / 100 != 2) {
            throw new CallFailedException("%s: %s %s answered %d %s"
                    .formatted(neighbour, method, path, answer.status(), shown(answer.text())));
        }
        return answer.json();
    }

    private Answer send(String method, String path, Duration limit) throws CallFailedException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .method(method, BodyPublishers.noBody())
                .header("Accept", "application/json")
                .timeout(limit);
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        try {
            var response = client.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new CallFailedException("%s: %s %s failed: %s".formatted(neighbour, method, path, reason(e)), e);
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String shown(String text) {
        var line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
    }

    public record Answer(int status, String text) {
        /** Missing when the body is empty or no JSON. */
        JsonNode json() {
            try {
                var node = JSON.readTree(text);
                return node == null ? MissingNode.getInstance() : node;
            } catch (JsonProcessingException e) {
                return MissingNode.getInstance();
            }
        }
    }
}
