package dev.failureaware.cdc.sink.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.failureaware.cdc.test.TestDatabase;
import dev.failureaware.cdc.test.TestKafka;
import dev.failureaware.cdc.test.TestPostgres;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the packaged service tells a collector and its log, where it is set to. */
class TracesAndLogsIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final TestDatabase sink = TestPostgres.freshDatabase();
    private final String kafka = TestKafka.bootstrapServers();
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final HttpServer collector = collector();

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    @Test
    void eachAppliedBatchIsASpanThatNamesItsOffsetsAndLinksToTheTracesOfItsRecords() throws Exception {
        try (var connector = new PlayedConnector(kafka, "traced", 2);
                var process = start(connector, Map.of("sink.tracing", "true"))) {
            connector.trace("00-" + TRACE + "-00f067aa0ba902b7-01");
            connector.commits(200);
            connector.awaitAllApplied(sink);

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(offsets()).isEqualTo(connector.applied(sink)));
            assertThat(spans).allSatisfy(span -> {
                assertThat(span.getName()).isEqualTo("apply batch");
                assertThat(span.getEndTimeUnixNano()).isGreaterThan(span.getStartTimeUnixNano());
                assertThat(span.getLinksList())
                        .singleElement()
                        .satisfies(link -> assertThat(HexFormat.of()
                                        .formatHex(link.getTraceId().toByteArray()))
                                .isEqualTo(TRACE));
            });
            // Two tables, each commit with two records of each; a span for each batch, which are fewer by far.
            assertThat(spans.stream()
                            .mapToLong(span -> number(span, "cdc.events"))
                            .sum())
                    .isEqualTo(800);
            assertThat(spans).hasSizeLessThan(200);
            assertThat(process.isAlive()).isTrue();
        }
    }

    @Test
    void byDefaultThereAreNoTracesAndTheLogIsText() throws Exception {
        try (var connector = new PlayedConnector(kafka, "untraced", 1);
                var process = start(connector, Map.of())) {
            connector.commits(20);
            connector.awaitAllApplied(sink);
            process.leave();

            assertThat(spans).isEmpty();
            assertThat(process.log()).contains("partitions assigned").doesNotContain("{\"");
        }
    }

    @Test
    void linesAreJsonWithOneSetOfKeysAndWithoutContentsOfRows() throws Exception {
        try (var connector = new PlayedConnector(kafka, "json-log", 1);
                var process = start(connector, Map.of("quarkus.log.console.json.enabled", "true"))) {
            connector.commits(20);
            connector.garbage();
            await().atMost(PATIENCE).until(() -> process.said("Parked") == 1);
            process.leave();

            var lines = process.log().lines().map(TracesAndLogsIT::json).toList();
            assertThat(lines).hasSizeGreaterThan(3).allSatisfy(line -> {
                assertThat(line.path("timestamp").asText()).isNotEmpty();
                assertThat(line.path("level").asText()).isNotEmpty();
                assertThat(line.path("message").asText()).isNotEmpty();
            });
            // What a line has of table and position: LogPlaceTest.
            var parked = lines.stream()
                    .filter(line -> line.path("message").asText().startsWith("Parked"))
                    .findFirst()
                    .orElseThrow();
            assertThat(parked.at("/mdc/topic").asText()).isEqualTo(connector.topic("accounts"));
            assertThat(parked.at("/mdc/partition").asText()).isEqualTo("0");
            assertThat(parked.at("/mdc/offset").asText()).isEqualTo("40");
            assertThat(process.log()).doesNotContain("garbage", "opened");
        }
    }

    private static JsonNode json(String line) {
        try {
            return new JsonMapper().readTree(line);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
    }

    private SinkProcess start(PlayedConnector connector, Map<String, String> more) {
        var settings = new HashMap<>(more);
        settings.put(
                "otel.exporter.otlp.endpoint",
                "http://127.0.0.1:" + collector.getAddress().getPort());
        settings.put("otel.bsp.schedule.delay", "100");
        return SinkProcess.start(sink, sink.port(), kafka, connector.prefix, settings);
    }

    /** Next offsets by topic and partition, as the spans tell them; without a gap between one batch and the next. */
    private Map<TopicPartition, Long> offsets() {
        var next = new HashMap<TopicPartition, Long>();
        spans.stream()
                .sorted(Comparator.comparingLong(Span::getStartTimeUnixNano))
                .forEach(span -> {
                    var topics = list(span, "cdc.topics");
                    for (var i = 0; i < topics.size(); i++) {
                        var partition = new TopicPartition(topics.get(i).getStringValue(), (int)
                                list(span, "cdc.partitions").get(i).getIntValue());
                        var first = list(span, "cdc.first_offsets").get(i).getIntValue();
                        assertThat(first).isEqualTo(next.getOrDefault(partition, 0L));
                        next.put(
                                partition, list(span, "cdc.last_offsets").get(i).getIntValue() + 1);
                    }
                });
        return next;
    }

    private static List<AnyValue> list(Span span, String attribute) {
        return value(span, attribute).getArrayValue().getValuesList();
    }

    private static long number(Span span, String attribute) {
        return value(span, attribute).getIntValue();
    }

    private static AnyValue value(Span span, String attribute) {
        return span.getAttributesList().stream()
                .collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue))
                .get(attribute);
    }

    private HttpServer collector() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/v1/traces", exchange -> {
                try (exchange) {
                    ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()).getResourceSpansList().stream()
                            .flatMap(resource -> resource.getScopeSpansList().stream())
                            .forEach(scope -> spans.addAll(scope.getSpansList()));
                    exchange.sendResponseHeaders(200, -1);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
