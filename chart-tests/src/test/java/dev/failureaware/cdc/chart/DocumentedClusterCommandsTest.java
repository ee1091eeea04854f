package dev.failureaware.cdc.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What documents tell people to type at a cluster names files, values and objects that there are. No cluster is asked: the objects
 * are those that the chart renders.
 */
class DocumentedClusterCommandsTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```(\\w+)\\n(.*?)^ *```$");
    private static final Pattern FILE = Pattern.compile("(?<=\\s)(?:k8s|helm)/[\\w./-]+");
    private static final Pattern SET = Pattern.compile("--set ([\\w.]+)=(\\S+)");
    private static final Pattern OBJECT = Pattern.compile(
            "\\b(job|configmap|deployment|kafkaconnector|lease|pod|secret|service)[ /](cdc-[a-z0-9-]+)");

    private static final Set<String> NAMES = Chart.with(Map.of("jobs.render", true)).objects().stream()
            .map(Rendered::name)
            .collect(Collectors.toSet());

    static Stream<String> commands() throws IOException {
        return blocks("bash")
                .map(block -> block.replace("\\\n", " "))
                .flatMap(String::lines)
                .map(line -> line.replaceFirst("(^|\\s+)#( .*)?$", "").strip())
                .filter(line -> line.matches("(kubectl|helm) .*"));
    }

    /** Values as somebody would put them into a file; of those with an ellipsis, which stands for what is his own. */
    static Stream<String> values() throws IOException {
        return blocks("yaml");
    }

    private static Stream<String> blocks(String language) throws IOException {
        var found = new ArrayList<String>();
        var folders = List.of(Chart.REPOSITORY, Chart.REPOSITORY.resolve("docs"), Chart.FOLDER);
        for (var folder : folders) {
            try (var files = Files.list(folder)) {
                for (var file :
                        files.filter(file -> file.toString().endsWith(".md")).toList()) {
                    var block = BLOCK.matcher(Files.readString(file));
                    while (block.find()) {
                        if (block.group(1).equals(language)) {
                            found.add(block.group(2));
                        }
                    }
                }
            }
        }
        return found.stream();
    }

    @Test
    void thereAreSome() throws IOException {
        assertThat(commands()).hasSizeGreaterThan(6);
        assertThat(values()).hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void filesValuesAndObjectsAreThere(String command) {
        var files = FILE.matcher(command);
        while (files.find()) {
            assertThat(Chart.REPOSITORY.resolve(files.group())).exists();
        }
        var settings = new HashMap<String, String>();
        var set = SET.matcher(command);
        while (set.find()) {
            settings.put(set.group(1), set.group(2));
        }
        // A value that the chart does not know ends the rendering.
        if (!settings.isEmpty()) {
            assertThat(Chart.with(settings).objects()).isNotEmpty();
        }
        var objects = OBJECT.matcher(command);
        while (objects.find()) {
            assertThat(NAMES).as(command).contains(objects.group(2));
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void valuesAreAccepted(String yaml) throws IOException {
        var file = Files.writeString(
                Files.createTempFile(Files.createDirectories(Path.of("target")), "values", ".yaml"), yaml);

        assertThat(Chart.with(file).objects()).isNotEmpty();
    }
}
