package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.model.TableId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The load generator's ledger, folded to what is left of each row: the effect of the last acknowledged commit on it. Rows that
 * a commit without a known outcome has touched since say nothing, and are left out.
 */
final class Ledger {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Some hundred bytes each. */
    private static final int MOST_ROWS = 1_000_000;

    record Row(TableId table, String key) {}

    private final Map<Row, Long> rows = new HashMap<>();
    private final Set<Row> uncertain = new HashSet<>();
    private final Map<Long, JsonNode> open = new HashMap<>();
    private long acknowledged;

    private Ledger() {}

    /** @param newest file; older ones have a number behind their name, the oldest the highest */
    static Ledger read(Path newest) {
        var ledger = new Ledger();
        try {
            for (var file : files(newest.toAbsolutePath())) {
                try (var lines = Files.lines(file, StandardCharsets.UTF_8)) {
                    lines.forEach(ledger::line);
                }
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new CheckImpossible("the ledger " + newest + " cannot be read: " + e.getMessage(), e);
        }
        // The generator died, or is at it: nobody knows.
        ledger.open.values().forEach(intent -> ledger.doubt(intent));
        ledger.uncertain.forEach(ledger.rows::remove);
        return ledger;
    }

    private static List<Path> files(Path newest) throws IOException {
        var name = newest.getFileName().toString();
        try (var all = Files.list(newest.getParent())) {
            return all.filter(file ->
                            file.getFileName().toString().matches(java.util.regex.Pattern.quote(name) + "(\\.\\d+)?"))
                    .sorted(Comparator.comparingInt((Path file) -> age(file, name))
                            .reversed())
                    .toList();
        }
    }

    private static int age(Path file, String name) {
        var number = file.getFileName().toString().substring(name.length());
        return number.isEmpty() ? 0 : Integer.parseInt(number.substring(1));
    }

    private void line(String text) {
        JsonNode line;
        try {
            line = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return; // The last line may be half written; its commit is then open.
        }
        var number = line.path("n").asLong();
        switch (line.path("state").asText()) {
            case "intent" -> open.put(number, line);
            case "acknowledged" -> {
                open.remove(number);
                acknowledged++;
                line.path("effects").forEach(effect -> {
                    var row = row(effect);
                    uncertain.remove(row);
                    rows.put(
                            row,
                            effect.path("op").asText().equals("delete")
                                    ? 0
                                    : effect.path("version").asLong());
                });
                if (rows.size() > MOST_ROWS) {
                    throw new CheckImpossible("the ledger names more than " + MOST_ROWS + " rows");
                }
            }
            case "unknown" -> {
                open.remove(number);
                doubt(line);
            }
            default -> open.remove(number);
        }
    }

    private void doubt(JsonNode line) {
        line.path("effects").forEach(effect -> uncertain.add(row(effect)));
    }

    private static Row row(JsonNode effect) {
        return new Row(
                TableId.parse(effect.path("table").asText()), effect.path("key").asText());
    }

    /** Version that each row has at least; 0 for one that was deleted. */
    Map<Row, Long> rows() {
        return rows;
    }

    long acknowledged() {
        return acknowledged;
    }

    /** Rows of which nobody knows what they should be. */
    int uncertain() {
        return uncertain.size();
    }
}
