package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong values end the install, with a message that says what to set. */
class RefusedValuesTest {
    @TempDir
    Path folder;

    @AfterEach
    void emptyCluster() {
        StubCluster.get().holds(Map.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sinkConsumer: {replicas: -1}                    | /sinkConsumer/replicas
            sinkConsumer: {replicas: 0}                     | /sinkConsumer/replicas
            sinkConsumer: {replicas: many}                  | /sinkConsumer/replicas
            sinkConsumer: {replica: 1}                      | 'replica'
            sinkConsumer: {deadLetterTopic: dead letters}   | /sinkConsumer/deadLetterTopic
            loadgenerator: {}                               | 'loadgenerator'
            source: {port: 70000}                           | /source/port
            source: {tls: {mode: verify}}                   | /source/tls/mode
            source: {storage: {size: 5 GB}}                 | /source/storage/size
            source: {database: my shop}                     | /source/database
            source: {existingSecret: My_Secret}             | /source/existingSecret
            images: {tag: latest}                           | /images/tag
            postgres: {image: 'postgres:latest'}            | /postgres/image
            postgres: {image: postgres}                     | /postgres/image
            postgres: {runAsUser: 0}                        | /postgres/runAsUser
            runAsUser: 0                                    | /runAsUser
            kafka: {replicas: 0}                            | /kafka/replicas
            kafka: {topics: {shop.public.orders: {}}}       | /kafka/topics/shop.public.orders
            connect: {plugin: {mode: download}}             | /connect/plugin/mode
            connector: {config: {topic.prefix: [a]}}        | /connector/config/topic.prefix
            verifier: {resources: {limits: {memory: lots}}} | /verifier/resources/limits/memory
            verifier: {every: 5}                            | /verifier/every
            verifier: {persistence: {size: big}}            | /verifier/persistence/size
            loadGenerator: {rate: 0}                        | /loadGenerator/rate
            scenario: {failures: [{id: a, type: flood}]}    | /scenario/failures/0/type
            networkPolicies: {dns: [{}]}                    | /networkPolicies/dns/0
            monitoring: {runbooks: operations.md}           | /monitoring/runbooks
            tracing: {endpoint: collector}                  | /tracing/endpoint
            logging: {format: json}                         | /logging
            """)
    void theSchemaNamesTheValue(String values, String named) throws IOException {
        assertThatThrownBy(() -> render(values)).hasMessageContaining(named);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            source: {deploy: false}                                                        | set source.host
            sink: {deploy: false}                                                          | set sink.host
            source: {host: db.example}                                                     | set source.deploy=false
            source: {deploy: false, host: db}                                              | set source.setup.adminSecret
            sink: {deploy: false, host: db, setup: {enabled: false}}                       | set sink.existingSecret
            sink: {setup: {enabled: false}}                                                | set sink.setup.enabled=true
            sink: {deploy: false, host: db, existingSecret: a, tls: {mode: verify-ca}}     | set sink.tls.caSecret
            kafka: {replicas: 2}                                                           | set 1, 3 or 5
            sinkConsumer: {replicas: 4}                                                    | a topic has 3 partitions
            sinkConsumer: {autoscaling: {enabled: true, maxReplicas: 4}}                   | a topic has 3 partitions
            sinkConsumer: {autoscaling: {enabled: true, minReplicas: 3, maxReplicas: 2}}   | minReplicas is above maxReplicas
            sinkConsumer: {deadLetterTopic: shop.dead.letters}                             | set another name
            connect: {plugin: {mode: build}}                                               | set connect.plugin.buildOutput
            connector: {config: {database.hostname: db}}                                   | connector.config cannot set database.hostname
            connector: {config: {slot.name: null}}                                         | the connector needs slot.name
            verifier: {enabled: false}                                                     | set verifier.enabled=true
            source: {setup: {exampleTables: false}}                                        | set loadGenerator.enabled=false
            monitoring: {kafka: true}                                                      | set monitoring.podMonitors=true
            """)
    void whatDoesNotFitTogetherIsSaidWithTheWayOut(String values, String wayOut) throws IOException {
        assertThatThrownBy(() -> render(values)).hasMessageContaining(wayOut);
    }

    @Test
    void aLongReleaseNameIsRefusedBeforeStrimziMakesHostNamesOfIt() {
        assertThatThrownBy(() -> Chart.with(Map.of("fullnameOverride", "a-name-of-twenty-five-chars")))
                .hasMessageContaining("fullnameOverride");
    }

    @Test
    void allProblemsAreSaidAtOnce() {
        assertThatThrownBy(() -> render("{kafka: {replicas: 2}, sinkConsumer: {replicas: 9}, source: {deploy: false}}"))
                .hasMessageContaining("kafka.replicas=2")
                .hasMessageContaining("sinkConsumer.replicas=9")
                .hasMessageContaining("source.host");
    }

    @Test
    void aSecretThatTheClusterDoesNotHoldIsNamed() {
        StubCluster.get().holds(Map.of("serviceaccounts/default", account()));

        assertThatThrownBy(() -> render("apiToken: {existingSecret: mine}"))
                .hasMessageContaining("apiToken.existingSecret: there is no secret mine in namespace cdc");
    }

    @Test
    void aKeyThatASecretLacksIsNamed() {
        StubCluster.get()
                .holds(Map.of(
                        "serviceaccounts/default", account(), "secrets/mine", secret("mine", "cdc_sink", "postgres")));

        assertThatThrownBy(() -> render("sink: {existingSecret: mine}"))
                .hasMessageContaining("sink.existingSecret: the secret mine has no key cdc_verifier; add it");
    }

    @Test
    void aCompleteSecretIsTaken() throws IOException {
        StubCluster.get()
                .holds(Map.of(
                        "serviceaccounts/default",
                        account(),
                        "secrets/mine",
                        secret("mine", "cdc_sink", "cdc_verifier", "postgres")));

        assertThat(render("sink: {existingSecret: mine}").has("Secret", "cdc-sink-db"))
                .isFalse();
    }

    /** An object whose schema were open would take any mistyped key without a word. */
    @Test
    void theSchemaIsClosedEverywhere() throws IOException {
        var schema = new JsonMapper()
                .readTree(Chart.FOLDER.resolve("values.schema.json").toFile());

        assertClosed("", schema);
    }

    private static void assertClosed(String path, JsonNode schema) {
        if (schema.path("type").asText().equals("object")) {
            assertThat(schema.has("additionalProperties") || schema.has("maxProperties"))
                    .as("schema at " + path)
                    .isTrue();
            assertThat(schema.path("additionalProperties").asBoolean(false))
                    .as("schema at " + path)
                    .isFalse();
        }
        schema.fields().forEachRemaining(field -> assertClosed(path + "/" + field.getKey(), field.getValue()));
    }

    private Rendered render(String values) throws IOException {
        return Chart.with(Files.writeString(folder.resolve("values.yaml"), values.strip()));
    }

    private static Map<String, Object> account() {
        return Map.of("apiVersion", "v1", "kind", "ServiceAccount", "metadata", Map.of("name", "default"));
    }

    static Map<String, Object> secret(String name, String... keys) {
        var data = new HashMap<String, String>();
        for (var key : List.of(keys)) {
            data.put(key, Base64.getEncoder().encodeToString(("password of " + key).getBytes()));
        }
        return Map.of("apiVersion", "v1", "kind", "Secret", "metadata", Map.of("name", name), "data", data);
    }
}
