package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.PlanApplier;
import dev.failureaware.cdc.sink.plan.Plan;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/**
 * Traces, where {@code sink.tracing} is on. Otherwise no class of OpenTelemetry is loaded; Quarkus' extension for it would stay
 * in the way of each HTTP request and SQL statement, as whether it is there is decided when the service is built.
 */
@Startup // A setting that OpenTelemetry does not take ends the start, not the first batch.
@ApplicationScoped
class BatchTraces {
    private final BatchSpans spans;

    BatchTraces(SinkConfig config) {
        spans = config.tracing() ? new BatchSpans() : null;
    }

    /** @param begun when its plan was begun to be applied */
    void applied(Batch batch, Plan plan, PlanApplier.Result result, Instant begun) {
        if (spans != null) {
            spans.applied(plan, result, begun, batch.traceParents());
        }
    }

    @PreDestroy
    void flush() {
        if (spans != null) {
            spans.close();
        }
    }
}
