package dev.failureaware.cdc.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** docs/metrics.md beside what a service really exposes: both as lines {@code NAME TYPE LABEL=VALUE|VALUE …}, to be compared. */
public final class MetricsPage {
    private static final Pattern OURS = Pattern.compile("(cdc|load)_.*");
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z_]+)` \\| (counter|gauge|histogram|summary) \\|[^|]*\\|([^|]*)\\|.*");
    private static final Pattern LISTED_LABEL = Pattern.compile("`([a-z_]+)`(?: \\(([a-z_, ]+)\\))?");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z0-9_:]+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private MetricsPage() {}

    /** @param service the heading of its table */
    public static Set<String> of(String service) {
        var lines = lines();
        var from = lines.indexOf("## " + service);
        if (from < 0) {
            throw new IllegalArgumentException("docs/metrics.md has no section " + service);
        }
        var metrics = new TreeSet<String>();
        for (var line : lines.subList(from + 1, lines.size())) {
            if (line.startsWith("## ")) {
                break;
            }
            var row = ROW.matcher(line);
            if (row.matches()) {
                var labels = new TreeMap<String, Set<String>>();
                var label = LISTED_LABEL.matcher(row.group(3));
                while (label.find()) {
                    labels.put(
                            label.group(1),
                            label.group(2) == null
                                    ? Set.of()
                                    : Set.of(label.group(2).split(", ")));
                }
                metrics.add(line(row.group(1), row.group(2), labels));
            }
        }
        return metrics;
    }

    /**
     * Our own metrics of a service, as {@code /q/metrics} has them. A timer's highest value ({@code _max}) is left out, and of
     * labels that the page gives no values for only the name is told.
     */
    public static Set<String> exposed(String service, String metrics) {
        var open = of(service).stream()
                .flatMap(line -> List.of(line.split(" ")).stream())
                .filter(word -> word.endsWith("="))
                .collect(Collectors.toSet());
        var types = new HashMap<String, String>();
        var labels = new TreeMap<String, Map<String, Set<String>>>();
        metrics.lines().forEach(line -> {
            var type = TYPE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
                return;
            }
            var sample = SAMPLE.matcher(line);
            if (!line.startsWith("#")
                    && sample.matches()
                    && OURS.matcher(sample.group(1)).matches()) {
                var family = labels.computeIfAbsent(family(sample.group(1), types), name -> new TreeMap<>());
                var label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    if (!label.group(1).equals("le")) {
                        var values = family.computeIfAbsent(label.group(1), name -> new HashSet<>());
                        if (!open.contains(label.group(1) + "=")) {
                            values.add(label.group(2));
                        }
                    }
                }
            }
        });
        return labels.entrySet().stream()
                .filter(family -> !family.getKey().endsWith("_max")
                        || !types.containsKey(family.getKey().replaceFirst("_max$", "")))
                .map(family -> line(family.getKey(), type(family.getKey(), types), family.getValue()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String family(String sample, Map<String, String> types) {
        if (types.containsKey(sample)) {
            return sample;
        }
        return sample.replaceFirst("_(bucket|count|sum)$", "");
    }

    /** OpenMetrics names the type of a counter without its ending. */
    private static String type(String family, Map<String, String> types) {
        return types.getOrDefault(family, types.get(family.replaceFirst("_total$", "")));
    }

    private static String line(String name, String type, Map<String, Set<String>> labels) {
        return name + " " + type
                + labels.entrySet().stream()
                        .map(label -> " " + label.getKey() + "=" + String.join("|", new TreeSet<>(label.getValue())))
                        .collect(Collectors.joining());
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(Repository.file("docs/metrics.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
