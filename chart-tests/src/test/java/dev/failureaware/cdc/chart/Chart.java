package dev.failureaware.cdc.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart, and what it renders. */
final class Chart {
    static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    static final Path FOLDER = REPOSITORY.resolve("helm/failure-aware-cdc");
    static final YAMLMapper YAML = new YAMLMapper();

    /** Names as in the documentation and in k8s/. */
    static final String RELEASE = "cdc";

    static final String NAMESPACE = "cdc";

    private static Path plain;

    private Chart() {}

    static LintResult lint(Path values) {
        var folder = merged(values);
        return new Helm(folder).lint().strict().call();
    }

    static Rendered defaults() {
        return with(Map.of());
    }

    static Rendered with(Map<String, ?> settings) {
        var command = command(plain());
        settings.forEach(command::set);
        return rendered(command);
    }

    static Rendered with(Path valuesFile) {
        return rendered(command(plain()).withValuesFile(valuesFile));
    }

    /** Of another folder, for instance a copy with a change. */
    static Rendered of(Path folder) {
        return rendered(command(folder));
    }

    /** The values files that are kept for tests, by name. */
    static Stream<Path> variants() {
        try (var files = Files.list(FOLDER.resolve("ci"))) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TemplateCommand command(Path folder) {
        StubCluster.get();
        return new Helm(folder)
                .template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.36.0");
    }

    private static Rendered rendered(TemplateCommand command) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(command.call())) {
            return new Rendered(
                    documents.readAll().stream().filter(JsonNode::isObject).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lint knows no values files, so this is a copy of the chart whose own values are already merged. */
    private static Path merged(Path values) {
        try {
            var copy = copy();
            var merged = YAML.readTree(FOLDER.resolve("values.yaml").toFile());
            YAML.readerForUpdating(merged).readValue(values.toFile());
            YAML.writeValue(
                    copy.resolve("values.yaml").toFile(),
                    Merge.of(YAML.readTree(FOLDER.resolve("values.yaml").toFile()), YAML.readTree(values.toFile())));
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** helm-java leaves hooks out of what it renders; here the pod of {@code helm test} is an object like the others. */
    private static synchronized Path plain() {
        if (plain == null) {
            try {
                plain = copy();
                var test = plain.resolve("templates/tests/verify.yaml");
                Files.writeString(
                        test,
                        Files.readString(test).replaceFirst("(?m)^  annotations:\n(    helm.sh/hook.*\n){2}", ""));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return plain;
    }

    /** With the linked files in place of the links. */
    static Path copy() throws IOException {
        var copy = Files.createTempDirectory(Files.createDirectories(Path.of("target/charts")), "chart");
        try (var files = Files.walk(FOLDER, java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var target = copy.resolve(FOLDER.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return copy;
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
