package dev.failureaware.cdc.sink;

import dev.failureaware.cdc.sink.apply.PlanApplier;
import dev.failureaware.cdc.sink.plan.Plan;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * A span for each batch that was applied, from its planning to its commit, sent by OTLP; none for each event. Where records
 * carry a trace context ({@code traceparent}), the span has links to the first of them. Set by OpenTelemetry's own variables
 * ({@code OTEL_…}).
 */
final class BatchSpans implements AutoCloseable {
    private static final int MOST_LINKS = 32;
    private static final TextMapGetter<String> TRACE_PARENT = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String carrier) {
            return List.of("traceparent");
        }

        @Override
        public String get(String carrier, String key) {
            return key.equals("traceparent") ? carrier : null;
        }
    };

    private final OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
            .addPropertiesSupplier(() -> Map.of(
                    "otel.service.name", "sink-consumer",
                    "otel.exporter.otlp.protocol", "http/protobuf",
                    "otel.metrics.exporter", "none",
                    "otel.logs.exporter", "none"))
            .disableShutdownHook()
            .build()
            .getOpenTelemetrySdk();
    private final Tracer tracer = sdk.getTracer("dev.failureaware.cdc.sink");

    /**
     * @param begun when it was planned
     * @param traceParents of its records, in W3C's form
     */
    void applied(Plan plan, PlanApplier.Result result, Instant begun, List<String> traceParents) {
        var topics = new ArrayList<String>();
        var partitions = new ArrayList<Long>();
        var firstOffsets = new ArrayList<Long>();
        var lastOffsets = new ArrayList<Long>();
        plan.advances().forEach((TopicPartition partition, Plan.Advance advance) -> {
            topics.add(partition.topic());
            partitions.add((long) partition.partition());
            firstOffsets.add(advance.from());
            lastOffsets.add(advance.to().nextOffset() - 1);
        });
        var span = tracer.spanBuilder("apply batch")
                .setNoParent()
                .setSpanKind(SpanKind.CONSUMER)
                .setStartTimestamp(begun)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("db.system.name", "postgresql")
                .setAttribute(AttributeKey.stringArrayKey("cdc.topics"), topics)
                .setAttribute(AttributeKey.longArrayKey("cdc.partitions"), partitions)
                .setAttribute(AttributeKey.longArrayKey("cdc.first_offsets"), firstOffsets)
                .setAttribute(AttributeKey.longArrayKey("cdc.last_offsets"), lastOffsets)
                .setAttribute(
                        "cdc.events",
                        plan.eventsApplied().values().stream()
                                .mapToLong(Integer::longValue)
                                .sum())
                .setAttribute("cdc.rows.upserted", result.upserted())
                .setAttribute("cdc.rows.deleted", result.deleted())
                .setAttribute("cdc.duplicates", plan.duplicates() + result.unchanged())
                .setAttribute("cdc.parked", (long) plan.parked().size());
        traceParents.stream().distinct().limit(MOST_LINKS).forEach(traceParent -> {
            var linked = Span.fromContext(
                            W3CTraceContextPropagator.getInstance().extract(Context.root(), traceParent, TRACE_PARENT))
                    .getSpanContext();
            if (linked.isValid()) {
                span.addLink(linked);
            }
        });
        span.startSpan().end();
    }

    /** Sends what was not sent yet. */
    @Override
    public void close() {
        sdk.close();
    }
}
