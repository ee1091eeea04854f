package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pipeline on Kubernetes has the settings of the one on a single machine, and parts that depend on each other agree. */
class SettingsTest {
    /** What only the platform knows. */
    private static final Set<String> OF_THE_PLATFORM =
            Set.of("database.hostname", "database.port", "database.password", "database.sslmode");

    @Test
    void theConnectorHasTheSettingsOfTheRepositorysFile() throws IOException {
        var wanted = (ObjectNode) new JsonMapper()
                .readTree(Chart.REPOSITORY
                        .resolve("connector/debezium-postgres.json")
                        .toFile());
        var spec = Chart.defaults().get("KafkaConnector", "cdc-source").get("spec");

        assertThat(spec.get("class")).isEqualTo(wanted.remove("connector.class"));
        assertThat(spec.get("tasksMax").asText())
                .isEqualTo(wanted.remove("tasks.max").asText());
        var config = (ObjectNode) spec.get("config").deepCopy();
        assertThat(config.remove(OF_THE_PLATFORM).properties()).containsAll(wanted.properties());
        assertThat(config).isEqualTo(wanted);
    }

    @Test
    void thePasswordIsInNoResource() {
        assertThat(Chart.defaults()
                        .get("KafkaConnector", "cdc-source")
                        .at("/spec/config/database.password")
                        .asText())
                .isEqualTo("${dir:/mnt/source-db:cdc_replicator}");
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 3, 2", "5, 3, 2"})
    void copiesFollowTheNumberOfBrokers(int brokers, int copies, int inSync) {
        var rendered = Chart.with(Map.of("kafka.replicas", brokers));
        var kafka = rendered.get("Kafka", "cdc").at("/spec/kafka/config");

        assertThat(kafka.get("default.replication.factor").asInt()).isEqualTo(copies);
        assertThat(kafka.get("transaction.state.log.replication.factor").asInt())
                .isEqualTo(copies);
        assertThat(kafka.get("min.insync.replicas").asInt()).isEqualTo(inSync);
        assertThat(kafka.get("transaction.state.log.min.isr").asInt()).isEqualTo(inSync);
        assertThat(rendered.get("KafkaConnect", "cdc")
                        .at("/spec/config/offset.storage.replication.factor")
                        .asInt())
                .isEqualTo(copies);
        assertThat(rendered.get("KafkaConnector", "cdc-source")
                        .at("/spec/config/topic.creation.default.replication.factor")
                        .asText())
                .isEqualTo(Integer.toString(copies));
    }

    @Test
    void everyPartFollowsTheConnectorsNames() {
        var rendered = Chart.with(Map.of(
                "connector.config.topic\\.prefix", "orders",
                "connector.config.publication\\.name", "orders_publication",
                "connector.config.slot\\.name", "orders_slot"));

        assertThat(rendered.env("cdc-sink-consumer", "SINK_TOPIC_PREFIX")).isEqualTo("orders");
        assertThat(rendered.env("cdc-verifier", "VERIFIER_TOPIC_PREFIX")).isEqualTo("orders");
        assertThat(rendered.env("cdc-verifier", "VERIFIER_PUBLICATION")).isEqualTo("orders_publication");
        assertThat(rendered.env("cdc-verifier", "VERIFIER_SLOT")).isEqualTo("orders_slot");
        assertThat(rendered.env("cdc-chaos-injector", "INJECTOR_SLOT")).isEqualTo("orders_slot");
        assertThat(rendered.ofKind("KafkaUser").map(JsonNode::toString))
                .allMatch(user -> user.contains("\"orders.\"") && !user.contains("\"shop."));
    }

    @Test
    void verdictsOutliveThePodOnAVolumeThatNoTwoPodsHave() {
        var kept = Chart.with(Map.of("verifier.persistence.size", "128Mi"));
        var deployment = kept.get("Deployment", "cdc-verifier");
        var folder =
                deployment.at("/spec/template/spec/containers/0/volumeMounts").toString();
        assertThat(kept.env("cdc-verifier", "VERIFIER_HISTORY_FILE")).isEqualTo("/var/lib/cdc/history.json");
        assertThat(folder).contains("\"/var/lib/cdc\"");
        assertThat(deployment.at("/spec/template/spec/volumes").toString()).contains("\"claimName\":\"cdc-verifier\"");
        assertThat(deployment.at("/spec/strategy/type").asText()).isEqualTo("Recreate");
        assertThat(kept.get("PersistentVolumeClaim", "cdc-verifier")
                        .at("/spec/resources/requests/storage")
                        .asText())
                .isEqualTo("128Mi");

        var none = Chart.with(Map.of("verifier.persistence.enabled", false));
        assertThat(none.has("PersistentVolumeClaim", "cdc-verifier")).isFalse();
        assertThat(none.env("cdc-verifier", "VERIFIER_HISTORY_FILE")).isEqualTo("/tmp/history.json");
        assertThat(none.get("Deployment", "cdc-verifier")
                        .at("/spec/strategy/type")
                        .asText())
                .isEqualTo("RollingUpdate");
    }

    @Test
    void theVerifierAsksOnlyNeighboursThatThereAre() {
        var all = Chart.defaults();
        assertThat(all.env("cdc-verifier", "VERIFIER_INJECTOR_URL")).isEqualTo("http://cdc-chaos-injector:8091");
        assertThat(all.env("cdc-verifier", "VERIFIER_LOAD_GENERATOR_URL")).isEqualTo("http://cdc-load-generator:8092");

        var alone = Chart.with(Map.of("chaosInjector.enabled", false, "loadGenerator.enabled", false));
        assertThat(alone.get("Deployment", "cdc-verifier").toString())
                .doesNotContain("VERIFIER_INJECTOR_URL", "VERIFIER_LOAD_GENERATOR_URL");
    }

    @Test
    void deadLettersHaveATopicThatTheSinkConsumerAloneMayWrite() {
        var byDefault = Chart.with(Map.of("connector.config.topic\\.prefix", "orders"));
        assertThat(byDefault.env("cdc-sink-consumer", "SINK_DEAD_LETTER_TOPIC")).isEqualTo("orders-dead-letter");
        assertThat(byDefault.ofKind("KafkaUser").filter(user -> user.toString().contains("orders-dead-letter")))
                .singleElement()
                .satisfies(
                        user -> assertThat(user.at("/metadata/name").asText()).isEqualTo("cdc-user-sink-consumer"));

        var none = Chart.with(Map.of("sinkConsumer.deadLetterTopic", "none"));
        assertThat(none.env("cdc-sink-consumer", "SINK_DEAD_LETTER_TOPIC")).isEmpty();
        assertThat(none.ofKind("KafkaUser").map(JsonNode::toString)).noneMatch(user -> user.contains("dead-letter"));
    }

    /** Versions are written down once in the root pom; the chart has no way to read it. */
    @Test
    void versionsAreThoseOfTheBuild() throws IOException {
        var pom = Files.readString(Chart.REPOSITORY.resolve("pom.xml"));
        var values = Chart.YAML.readTree(Chart.FOLDER.resolve("values.yaml").toFile());
        var chart = Chart.YAML.readTree(Chart.FOLDER.resolve("Chart.yaml").toFile());

        assertThat(chart.get("appVersion").asText())
                .isEqualTo(first(pom, "<artifactId>failure-aware-cdc</artifactId>\\s*<version>([^<]*)"));
        assertThat(values.at("/kafka/version").asText()).isEqualTo(first(pom, "<kafka.version>([^<]*)"));
        assertThat(values.at("/connect/plugin/debeziumVersion").asText())
                .isEqualTo(first(pom, "<debezium.version>([^<]*)"));
        assertThat(values.at("/postgres/image").asText() + ".0")
                .endsWith(":" + first(pom, "<postgresql.version>([^<]*)"));
    }

    /** Requests of the default installation, Strimzi's parts included: what a laptop's cluster has to hold. */
    @Test
    void theDefaultsFitASmallCluster() {
        var rendered = Chart.defaults();
        var requests = new Requests();
        rendered.pods()
                .filter(pod -> Set.of("Deployment", "StatefulSet").contains(Rendered.kind(pod.owner())))
                .flatMap(Rendered.PodOf::containers)
                .forEach(container -> requests.add(container.at("/resources/requests")));
        requests.add(rendered.get("KafkaNodePool", "cdc-broker").at("/spec/resources/requests"));
        requests.add(rendered.get("KafkaConnect", "cdc").at("/spec/resources/requests"));
        requests.add(rendered.get("Kafka", "cdc").at("/spec/entityOperator/userOperator/resources/requests"));

        assertThat(requests.cpuMillis).isLessThanOrEqualTo(900);
        assertThat(requests.memoryMebibytes).isLessThanOrEqualTo(3600);
    }

    private static final class Requests {
        private int cpuMillis;
        private int memoryMebibytes;

        void add(JsonNode requests) {
            cpuMillis += Integer.parseInt(requests.get("cpu").asText().replace("m", ""));
            memoryMebibytes += Integer.parseInt(requests.get("memory").asText().replace("Mi", ""));
        }
    }

    private static String first(String text, String pattern) {
        var matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
