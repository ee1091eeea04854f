package dev.failureaware.cdc.stack;

import java.io.IOException;
import java.time.Duration;

/** Calls that a command cannot do without: a service that does not answer ends the command with one message. */
final class ServiceCalls {
    private ServiceCalls() {}

    private interface Call {
        Http.Answer send() throws IOException;
    }

    static Http.Answer get(Part service, String url, String accept) {
        return answer(service, url, () -> Http.get(url, accept));
    }

    static Http.Answer withToken(Part service, String method, String url, String token, Duration timeout) {
        return answer(service, url, () -> Http.withToken(method, url, token, timeout));
    }

    private static Http.Answer answer(Part service, String url, Call call) {
        try {
            var answer = call.send();
            if (answer.ok()) {
                return answer;
            }
            throw new StackException(
                    ExitCode.VERDICT,
                    "%s answers HTTP %d: %s".formatted(service.label(), answer.status(), error(answer)));
        } catch (IOException e) {
            throw new StackException(
                    ExitCode.NOT_STARTED,
                    "%s does not answer at %s; see: make logs NAME=%s".formatted(service.label(), url, service.label()),
                    e);
        }
    }

    /** The message in an error body of ours or of Connect's, else the body. */
    static String error(Http.Answer answer) {
        try {
            var json = answer.json();
            var message = json.path("error").asText("");
            return message.isEmpty() ? json.path("message").asText(answer.body()) : message;
        } catch (IllegalArgumentException e) {
            return answer.body();
        }
    }
}
