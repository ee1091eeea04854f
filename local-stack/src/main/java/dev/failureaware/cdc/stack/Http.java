package dev.failureaware.cdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Small HTTP calls to the parts of the stack. */
final class Http {
    private static final Duration QUICK = Duration.ofSeconds(5);
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private Http() {}

    record Answer(int status, String body) {
        boolean ok() {
            return status / 100 == 2;
        }

        JsonNode json() {
            return Json.parse(body.isBlank() ? "null" : body);
        }
    }

    static Answer get(String url, String accept) throws IOException {
        return send(request(url, QUICK).header("Accept", accept).GET());
    }

    static Answer get(String url) throws IOException {
        return get(url, "application/json");
    }

    static Answer put(String url, String json) throws IOException {
        return send(request(url, Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json)));
    }

    static Answer delete(String url) throws IOException {
        return send(request(url, Duration.ofSeconds(30)).DELETE());
    }

    /** With the stack's token; {@code json} null for no body. */
    static Answer post(String url, String token, String json, Duration timeout) throws IOException {
        var request =
                request(url, timeout).header("Accept", "application/json").header("Authorization", "Bearer " + token);
        if (json == null) {
            request.POST(HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json));
        }
        return send(request);
    }

    /** With the stack's token and without a body. */
    static Answer withToken(String method, String url, String token, Duration timeout) throws IOException {
        return send(request(url, timeout)
                .header("Accept", "application/json")
                .header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    static boolean answers(String url) {
        try {
            return get(url).ok();
        } catch (IOException e) {
            return false;
        }
    }

    private static HttpRequest.Builder request(String url, Duration timeout) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(timeout);
    }

    private static Answer send(HttpRequest.Builder request) throws IOException {
        try {
            var response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
