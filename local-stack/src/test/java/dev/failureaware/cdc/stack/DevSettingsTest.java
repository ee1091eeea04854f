package dev.failureaware.cdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevSettingsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrap.servers",
        "QUARKUS_DATASOURCE_SOURCE_REACTIVE_URL, quarkus.datasource.source.reactive.url",
        "QUARKUS_HTTP_PORT, quarkus.http.port",
        "SINK_TOPIC_PREFIX, sink.topic-prefix",
        "VERIFIER_CONNECT_URL, verifier.connect-url",
        "INJECTOR_LOAD_GENERATOR_URL, injector.load-generator-url",
        "CDC_API_TOKEN, cdc.api-token"
    })
    void aVariableIsTheProperty(String variable, String property) {
        assertThat(DevSettings.property(variable)).isEqualTo(property);
    }

    @Test
    void passwordsAreForTheirOwnerAndAreGoneWithTheStack() throws Exception {
        var settings = new DevSettings(new Layout(folder, folder));

        settings.write(Part.SINK_CONSUMER, Map.of("QUARKUS_DATASOURCE_PASSWORD", "p=:#\\ w"));

        var file = settings.file(Part.SINK_CONSUMER);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        var read = new Properties();
        try (var in = Files.newInputStream(file)) {
            read.load(in);
        }
        assertThat(read).containsEntry("quarkus.datasource.password", "p=:#\\ w");
        settings.remove();
        assertThat(file).doesNotExist();
    }
}
