package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Gets the ledger from the load generator, line by line, so that its size costs no memory. */
@ApplicationScoped
class LedgerReader {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final int OK = 200;

    private final Optional<URI> address;
    private final ApiToken token;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(CONNECT_LIMIT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    LedgerReader(VerifierConfig config, ApiToken token) {
        this.address =
                config.loadGeneratorUrl().map(url -> URI.create(url.toString().replaceAll("/+$", "") + "/ledger"));
        this.token = token;
    }

    /** Fills the ledger; fails with {@link CheckImpossible} when not all of it can be read. */
    void read(Ledger ledger, Deadline deadline) {
        var uri = address.orElseThrow(() -> new CheckImpossible("verifier.load-generator-url is not set"));
        var request = HttpRequest.newBuilder(uri);
        token.header().ifPresent(header -> request.header("Authorization", header));
        var answer = http.sendAsync(
                request.build(),
                head -> head.statusCode() == OK
                        ? BodySubscribers.fromLineSubscriber(new Lines(ledger))
                        : BodySubscribers.replacing(null));
        try {
            var status = answer.get(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS)
                    .statusCode();
            if (status != OK) {
                throw new CheckImpossible("the ledger at " + uri + " cannot be read: HTTP " + status);
            }
        } catch (ExecutionException e) {
            throw new CheckImpossible("the ledger at " + uri + " cannot be read: " + e.getCause(), e);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new CheckImpossible("the ledger at " + uri + " could not be read in time", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new CheckImpossible("the verifier is being stopped", e);
        }
        ledger.complete();
    }

    private record Lines(Ledger ledger) implements Flow.Subscriber<String> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            ledger.line(line);
        }

        @Override
        public void onError(Throwable failure) {
            // The answer fails too.
        }

        @Override
        public void onComplete() {
            // The answer completes too.
        }
    }
}
