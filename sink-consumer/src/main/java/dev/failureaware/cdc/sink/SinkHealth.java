package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.UnreachableException;
import io.quarkus.runtime.Quarkus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Default;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/** Whether batches are being applied, or could be, and if not, why and since when. */
@Default
@Readiness
@ApplicationScoped
class SinkHealth implements HealthCheck {
    private static final Logger LOG = Logger.getLogger(SinkHealth.class);

    /** Exit code after a fatal failure; a supervisor may start the process again, and it stops again at the same place. */
    static final int FATAL_EXIT = 3;

    private record Trouble(String reason, Instant since) {}

    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile Trouble fatal;
    /** By who has it: what works for one lane may fail for another. */
    private final Map<String, Trouble> troubles = new ConcurrentSkipListMap<>();

    private volatile Trouble awaited;
    /** What the log has already of the present trouble. */
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    void working(String who) {
        if (!troubles.isEmpty()) {
            var trouble = troubles.remove(who);
            if (trouble != null) {
                LOG.infof("Applying again after: %s (since %s)", trouble.reason, trouble.since);
            }
            if (troubles.isEmpty()) {
                said.clear();
            }
        }
    }

    void retrying(String who, Throwable failure) {
        var reason = (failure instanceof UnreachableException ? "" : "sink database: ") + failure.getMessage();
        troubles.compute(who, (name, before) -> new Trouble(reason, before == null ? Instant.now() : before.since));
        if (said.add(reason)) {
            LOG.warnf("Trying again for as long as it takes: %s", reason);
        }
    }

    /** The batch in question is no longer ours. */
    void givenUp(String who) {
        troubles.remove(who);
    }

    /** The channel is not started yet. */
    void waiting(String reason) {
        var before = awaited;
        awaited = new Trouble(reason, before == null ? Instant.now() : before.since);
        if (before != null && said.add(reason)) {
            LOG.warnf("Waiting for as long as it takes: %s", reason);
        }
    }

    void arrived() {
        awaited = null;
        said.clear();
    }

    /** Stops the process: nothing of the batch was written, and its records are read again by the next process. */
    void fatal(Throwable failure) {
        fatal = new Trouble(String.valueOf(failure), Instant.now());
        if (stopping.compareAndSet(false, true)) {
            LOG.fatalf(failure, "Cannot go on without losing data, so this process stops: %s", failure.getMessage());
            Quarkus.asyncExit(FATAL_EXIT);
        }
    }

    @Override
    public HealthCheckResponse call() {
        var now = Stream.concat(Stream.ofNullable(fatal), troubles.values().stream())
                .findFirst()
                .orElse(awaited);
        var response = HealthCheckResponse.named("sink").status(now == null);
        return now == null
                ? response.build()
                : response.withData("reason", now.reason)
                        .withData("since", now.since.toString())
                        .build();
    }
}
