package dev.failureaware.cdc.chaos.platform.kubernetes;

import dev.failureaware.cdc.chaos.platform.CallFailedException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The API server, as seen from one namespace. A failure is classified here, once: what may go away by itself (no answer, a
 * conflict, overload) can be asked again; what needs somebody's hand (a right that lacks, an object that is gone, a request that
 * is refused) is final.
 */
final class Cluster {
    private final Supplier<KubernetesClient> client;
    private final String namespace;
    private final BooleanSupplier mayAct;

    /**
     * @param client asked for when it is needed, so that nothing is connected before
     * @param mayAct asked before each change: an injector that has lost its lease must not touch anything
     */
    Cluster(Supplier<KubernetesClient> client, String namespace, BooleanSupplier mayAct) {
        this.client = client;
        this.namespace = namespace;
        this.mayAct = mayAct;
    }

    @FunctionalInterface
    interface Call<T> {
        T on(KubernetesClient client);
    }

    String namespace() {
        return namespace;
    }

    /** @param what is asked, for messages */
    <T> T ask(String what, Call<T> call) throws CallFailedException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException(what);
        }
        try {
            return call.on(client.get());
        } catch (KubernetesClientException e) {
            // The client reports an interrupted wait as a failed call and leaves the flag set.
            if (Thread.interrupted()) {
                throw new InterruptedException(what);
            }
            throw classified(what, e);
        }
    }

    <T> T change(String what, Call<T> call) throws CallFailedException, InterruptedException {
        if (!mayAct.getAsBoolean()) {
            throw CallFailedException.forGood(
                    "%s: not done, another injector may hold the lease; whoever holds it lifts what is open"
                            .formatted(what));
        }
        return ask(what, call);
    }

    private static CallFailedException classified(String what, KubernetesClientException e) {
        var message = "Kubernetes: %s: %s".formatted(what, reason(e));
        return switch (e.getCode()) {
            case HttpURLConnection.HTTP_BAD_REQUEST,
                    HttpURLConnection.HTTP_FORBIDDEN,
                    HttpURLConnection.HTTP_NOT_FOUND,
                    HttpURLConnection.HTTP_BAD_METHOD,
                    HttpURLConnection.HTTP_UNSUPPORTED_TYPE,
                    422 -> CallFailedException.forGood(message, e);
            default -> new CallFailedException(message, e);
        };
    }

    private static String reason(KubernetesClientException e) {
        if (e.getStatus() != null && e.getStatus().getMessage() != null) {
            return e.getStatus().getMessage();
        }
        return e.getCause() != null && e.getCause().getMessage() != null
                ? e.getCause().getMessage()
                : e.getMessage();
    }
}
