package dev.failureaware.cdc.chart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The table of values in the chart's README: each key with the comment above it and its default. */
final class ValuesReference {
    private static final Pattern KEY = Pattern.compile("^( *)([A-Za-z0-9_.-]+):(?: .*)?$");
    private static final Pattern COMMENT = Pattern.compile("^ *# ?(.*)$");
    private static final JsonMapper JSON = new JsonMapper();

    private final JsonNode values;
    /** By JSON pointer, in the order of the file. */
    private final Map<String, String> comments = new LinkedHashMap<>();

    private record Level(int indent, String pointer) {}

    ValuesReference() throws IOException {
        var file = Chart.FOLDER.resolve("values.yaml");
        this.values = Chart.YAML.readTree(file.toFile());
        var levels = new ArrayDeque<Level>();
        var comment = new ArrayList<String>();
        for (var line : Chart.lines(file)) {
            var text = COMMENT.matcher(line);
            var key = KEY.matcher(line);
            if (line.isBlank()) {
                comment.clear();
            } else if (text.matches()) {
                comment.add(text.group(1));
            } else if (key.matches()) {
                var indent = key.group(1).length();
                while (!levels.isEmpty() && levels.peek().indent() >= indent) {
                    levels.pop();
                }
                var pointer = (levels.isEmpty() ? "" : levels.peek().pointer()) + "/" + key.group(2);
                levels.push(new Level(indent, pointer));
                if (!comment.isEmpty()) {
                    comments.put(pointer, String.join(" ", comment));
                    comment.clear();
                }
            }
        }
    }

    /** Values that a user would set but that no comment explains. */
    List<String> undocumented() {
        var undocumented = new ArrayList<String>();
        collect("", values, undocumented);
        return undocumented;
    }

    private void collect(String pointer, JsonNode node, List<String> undocumented) {
        if (hasDocumentedParts(pointer)) {
            node.properties().forEach(entry -> collect(pointer + "/" + entry.getKey(), entry.getValue(), undocumented));
        } else if (!comments.containsKey(pointer)) {
            undocumented.add(pointer);
        }
    }

    private boolean hasDocumentedParts(String pointer) {
        return comments.keySet().stream().anyMatch(other -> other.startsWith(pointer + "/"));
    }

    String markdown() throws JsonProcessingException {
        var text = new StringBuilder("\n| key | default | meaning |\n|---|---|---|\n");
        for (var entry : comments.entrySet()) {
            var pointer = entry.getKey();
            var group = hasDocumentedParts(pointer);
            text.append("| ")
                    .append(group ? "**`%s`**".formatted(key(pointer)) : "`%s`".formatted(key(pointer)))
                    .append(" | ")
                    .append(group ? "" : "`%s`".formatted(JSON.writeValueAsString(values.at(pointer))))
                    .append(" | ")
                    .append(entry.getValue().replace("|", "\\|"))
                    .append(" |\n");
        }
        return text.toString();
    }

    private static String key(String pointer) {
        return pointer.substring(1).replace('/', '.');
    }
}
