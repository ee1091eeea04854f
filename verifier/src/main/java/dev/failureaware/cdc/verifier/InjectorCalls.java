package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Asks the chaos-injector, and passes on what a caller with the token wants of it. */
@ApplicationScoped
class InjectorCalls {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    /** It looks first whether all that is needed is there. */
    private static final Duration ACT_LIMIT = Duration.ofSeconds(40);

    private final Optional<String> url;
    private final ObjectMapper json;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(LIMIT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    @Inject
    InjectorCalls(VerifierConfig config, ObjectMapper json) {
        this(config.injectorUrl(), json);
    }

    InjectorCalls(Optional<URI> injector, ObjectMapper json) {
        this.url = injector.map(address -> address.toString().replaceAll("/+$", ""));
        this.json = json;
    }

    /** @param body null where it was no JSON */
    record Answer(int status, JsonNode body) {}

    boolean known() {
        return url.isPresent();
    }

    /** Empty where there is no injector, or it does not answer. */
    Optional<JsonNode> ask(String path) {
        if (url.isEmpty()) {
            return Optional.empty();
        }
        try {
            var answer = send(request(path, LIMIT).build());
            return answer.status == 200 ? Optional.ofNullable(answer.body) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** @param authorization the caller's header, as it came */
    Answer act(String path, String authorization) throws IOException, InterruptedException {
        return send(request(path, ACT_LIMIT)
                .header("Authorization", authorization)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    private HttpRequest.Builder request(String path, Duration limit) {
        return HttpRequest.newBuilder(URI.create(url.orElseThrow() + path)).timeout(limit);
    }

    private Answer send(HttpRequest request) throws IOException, InterruptedException {
        var response = http.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body().isBlank() ? null : json.readTree(response.body()));
    }
}
