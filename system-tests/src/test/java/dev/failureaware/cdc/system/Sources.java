package dev.failureaware.cdc.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What the repository's sources call things: settings, metrics, endpoints, targets, tests. Documents are no source. */
final class Sources {
    private static final Set<String> LEFT_OUT = Set.of("target", ".git", ".stack", "report", "docs", "node_modules");
    private static final Set<String> KINDS =
            Set.of("java", "sql", "json", "properties", "yaml", "tpl", "sh", "xml", "html", "js", "ts", "txt", "");
    private static final Map<String, String> MODULES = Map.of(
            "sink", "sink-consumer",
            "verifier", "verifier",
            "injector", "chaos-injector",
            "load", "load-generator");
    private static final Pattern SETTING = Pattern.compile("\\b([a-z]\\w*)\\(\\);");
    private static final Pattern PATH = Pattern.compile("@Path\\(\"([^\"]*)\"\\)|\"(/[a-z][^\"]*)\"");

    private final Map<Path, String> texts = new HashMap<>();
    private final Map<String, Set<String>> settings = new HashMap<>();
    private final Set<String> words = new HashSet<>();
    private final Set<String> endpointWords = new HashSet<>(Set.of("q", "health", "live", "ready", "well", "metrics"));

    Sources() {
        try {
            Files.walkFileTree(Document.REPOSITORY, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return !folder.equals(Document.REPOSITORY)
                                    && LEFT_OUT.contains(folder.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    var name = file.getFileName().toString();
                    // The list of documented commands repeats the documents.
                    if (attributes.isRegularFile()
                            && KINDS.contains(name.contains(".") ? name.substring(name.lastIndexOf('.') + 1) : "")
                            && !name.equals("DocumentedCommands.java")) {
                        texts.put(file, Files.readString(file));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        texts.forEach((file, text) -> {
            for (var word : text.split("[^\\w.-]+")) {
                words.add(word);
                words.addAll(List.of(word.split("[.-]")));
            }
            if (file.toString().contains("src/main/java")) {
                var paths = PATH.matcher(text);
                while (paths.find()) {
                    var path = paths.group(1) == null ? paths.group(2) : paths.group(1);
                    endpointWords.addAll(List.of(path.split("[/?]")));
                }
            }
        });
    }

    boolean hasTarget(String name) {
        return Pattern.compile("(?m)^" + Pattern.quote(name) + ":")
                .matcher(texts.get(Document.REPOSITORY.resolve("Makefile")))
                .find();
    }

    /** A variable that some program reads, or that sets a property of a service. */
    boolean hasVariable(String name) {
        var prefix = name.substring(0, name.indexOf('_')).toLowerCase(Locale.ROOT);
        if (words.contains(name)) {
            return true;
        }
        return MODULES.containsKey(prefix)
                && isSetting(
                        prefix,
                        name.substring(prefix.length() + 1)
                                .toLowerCase(Locale.ROOT)
                                .split("_"),
                        0);
    }

    /** {@code sink.behind-parked}, or a value of the chart. */
    boolean hasProperty(String name) {
        var prefix = name.substring(0, name.indexOf('.'));
        var parts = name.substring(prefix.length() + 1).split("\\.");
        var settings = settings(prefix);
        return Arrays.stream(parts).allMatch(settings::contains) || isChartValue(name);
    }

    private boolean isChartValue(String name) {
        var values = texts.get(Document.REPOSITORY.resolve("helm/failure-aware-cdc/values.yaml"));
        var indent = "";
        var from = 0;
        for (var part : name.split("\\.")) {
            var at = Pattern.compile("(?m)^" + indent + part + ":").matcher(values);
            if (!at.find(from)) {
                return false;
            }
            from = at.end();
            indent += "  ";
        }
        return true;
    }

    /** The words of a variable may belong to one setting or to a group and its setting, wherever the cut lies. */
    private boolean isSetting(String prefix, String[] words, int from) {
        if (from == words.length) {
            return true;
        }
        var name = "";
        for (var to = from; to < words.length; to++) {
            name = name.isEmpty() ? words[to] : name + "-" + words[to];
            if (settings(prefix).contains(name) && isSetting(prefix, words, to + 1)) {
                return true;
            }
        }
        return false;
    }

    private Set<String> settings(String prefix) {
        return settings.computeIfAbsent(prefix, any -> {
            var names = new HashSet<String>();
            texts.forEach((file, text) -> {
                if (file.startsWith(Document.REPOSITORY
                                .resolve(MODULES.getOrDefault(prefix, "none"))
                                .resolve("src/main"))
                        && text.contains("interface ")) {
                    var matcher = SETTING.matcher(text);
                    while (matcher.find()) {
                        names.add(matcher.group(1).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
                    }
                }
            });
            return names;
        });
    }

    /** As Prometheus shows it, or as Micrometer is told it. */
    boolean hasMetric(String name) {
        var bare = name.replaceFirst("_(total|count|sum|max|bucket|created)$", "");
        var unitless = bare.replaceFirst("_(seconds|bytes|events|rows|ratio)$", "");
        return List.of(name, bare, unitless).stream()
                .anyMatch(known -> words.contains(known) || words.contains(known.replace('_', '.')));
    }

    boolean hasEndpoint(String path) {
        return List.of(path.substring(1).split("/")).stream()
                .filter(part -> part.matches("[a-z][a-z.-]*"))
                .allMatch(endpointWords::contains);
    }

    /** {@code SinkIT.aMethod}; dots in place of a part mean that anything may stand there. */
    boolean hasTest(String name) {
        var parts = name.split("\\.", 2);
        return texts.entrySet().stream()
                .filter(source -> source.getKey().getFileName().toString().equals(parts[0] + ".java"))
                .anyMatch(source -> parts.length == 1 || hasMethod(source.getValue(), parts[1]));
    }

    boolean hasTestMethod(String name) {
        return texts.entrySet().stream()
                .filter(source -> source.getKey().toString().contains("src/test/java"))
                .anyMatch(source -> hasMethod(source.getValue(), name));
    }

    private static boolean hasMethod(String text, String name) {
        return Pattern.compile("\\bvoid " + Pattern.quote(name).replace("…", "\\E\\w*\\Q") + "\\(")
                .matcher(text)
                .find();
    }
}
