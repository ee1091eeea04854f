package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Asks for the state of the parts between source and sink; each answer is a help to people and may be missing. */
@ApplicationScoped
class PipelineProbe {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration LAG_LIMIT = Duration.ofSeconds(3);
    private static final String SLOT = """
            SELECT active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint, confirmed_flush_lsn::text,
                   pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint, wal_status
            FROM pg_replication_slots WHERE slot_name = $1 AND database = current_database()""";

    private final Databases databases;
    private final LagMeter lagMeter;
    private final TopicTail tail;
    private final TopicEnds ends;
    private final Backlog backlog;
    private final PipelineFindings findings;
    private final String slot;
    private final Optional<URI> connector;
    private final ObjectMapper json;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(LIMIT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    PipelineProbe(
            Databases databases,
            LagMeter lagMeter,
            TopicTail tail,
            TopicEnds ends,
            Backlog backlog,
            PipelineFindings findings,
            VerifierConfig config,
            ObjectMapper json) {
        this.databases = databases;
        this.lagMeter = lagMeter;
        this.tail = tail;
        this.ends = ends;
        this.backlog = backlog;
        this.findings = findings;
        this.slot = config.slot();
        this.connector = config.connectUrl()
                .map(url -> URI.create(url.toString().replaceAll("/+$", "") + "/connectors/" + config.connector()));
        this.json = json;
    }

    /** @param parked records, null when it is not known */
    Report.Pipeline state(Long parked) {
        var slots = slots();
        var state = new Report.Pipeline(
                slots.flatMap(found -> found.stream().findFirst()).orElse(null),
                connector().orElse(null),
                sinkVersion().orElse(null),
                lag().map(Lag::partitions).orElse(null),
                backlog.lastEvent().orElse(null),
                List.of());
        return new Report.Pipeline(
                state.slot(),
                state.connector(),
                state.sinkVersion(),
                state.partitions(),
                state.lastEvent(),
                findings.of(
                        state,
                        slots.filter(List::isEmpty).map(none -> slot),
                        connectorSettings().orElse(Map.of()),
                        openTransactions(),
                        parked));
    }

    private Optional<Lag> lag() {
        try {
            return Optional.of(lagMeter.measure(Deadline.in(LAG_LIMIT)));
        } catch (CheckImpossible e) {
            return Optional.empty();
        }
    }

    /** None when Kafka cannot be asked; without topics that are followed there may be no Kafka at all. */
    private List<TopicEnds.OpenTransaction> openTransactions() {
        var partitions = tail.partitions();
        if (partitions.isEmpty()) {
            return List.of();
        }
        try {
            return ends.openTransactions(partitions, Deadline.in(LIMIT));
        } catch (CheckImpossible e) {
            return List.of();
        }
    }

    private Optional<String> sinkVersion() {
        try {
            return databases.sink().execute(Deadline.in(LIMIT), "SHOW server_version").stream()
                    .findFirst()
                    .map(row -> row.getString(0));
        } catch (CheckImpossible e) {
            return Optional.empty();
        }
    }

    Optional<Report.Slot> slot() {
        return slots().flatMap(found -> found.stream().findFirst());
    }

    /** The one slot, or none; empty when the source does not answer. */
    Optional<List<Report.Slot>> slots() {
        try {
            return Optional.of(databases.source().execute(Deadline.in(LIMIT), SLOT, slot).stream()
                    .map(row -> new Report.Slot(
                            row.getBoolean(0), row.getLong(1), row.getString(2), row.getLong(3), row.getString(4)))
                    .toList());
        } catch (CheckImpossible e) {
            return Optional.empty();
        }
    }

    Optional<Report.Connector> connector() {
        return asked("/status").map(PipelineProbe::read);
    }

    /** As the connector runs with them; empty when Kafka Connect cannot be asked. */
    Optional<Map<String, String>> connectorSettings() {
        return asked("/config").map(found -> {
            var settings = new HashMap<String, String>();
            found.fields()
                    .forEachRemaining(setting ->
                            settings.put(setting.getKey(), setting.getValue().asText()));
            return settings;
        });
    }

    private Optional<JsonNode> asked(String what) {
        if (connector.isEmpty()) {
            return Optional.empty();
        }
        try {
            var request = HttpRequest.newBuilder(URI.create(connector.get() + what))
                    .timeout(LIMIT)
                    .build();
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 ? Optional.of(json.readTree(response.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static Report.Connector read(JsonNode status) {
        return new Report.Connector(
                status.path("connector").path("state").asText("UNKNOWN"),
                List.copyOf(StreamSupport.stream(status.path("tasks").spliterator(), false)
                        .map(task -> task.path("state").asText("UNKNOWN"))
                        .toList()));
    }
}
