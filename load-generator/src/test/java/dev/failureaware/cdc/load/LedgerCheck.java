package dev.failureaware.cdc.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.test.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Folds a ledger to the rows that must be there, with their versions, and compares them with the tables. Knows nothing of
 * the generator's classes: the file is all it has, as for any other reader.
 */
final class LedgerCheck {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<JsonNode> lines;

    private LedgerCheck(List<JsonNode> lines) {
        this.lines = lines;
    }

    static LedgerCheck of(Path ledger) {
        try {
            return new LedgerCheck(
                    Files.readAllLines(ledger).stream().map(LedgerCheck::parse).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long count(String state) {
        return lines.stream().filter(line -> state(line).equals(state)).count();
    }

    Set<String> kindsOf(String state) {
        var kinds = new HashMap<Long, String>();
        var found = new HashSet<String>();
        for (var line : lines) {
            kinds.putIfAbsent(line.get("n").asLong(), line.path("kind").asText());
            if (state(line).equals(state)) {
                found.add(kinds.get(line.get("n").asLong()));
            }
        }
        return found;
    }

    /** Every intent has exactly one outcome. */
    LedgerCheck isComplete() {
        var open = new HashSet<Long>();
        for (var line : lines) {
            var number = line.get("n").asLong();
            if (state(line).equals("intent")) {
                assertThat(open.add(number)).as("intent %d is new", number).isTrue();
            } else {
                assertThat(open.remove(number))
                        .as("outcome %d has an intent", number)
                        .isTrue();
            }
        }
        assertThat(open).as("intents without outcome").isEmpty();
        return this;
    }

    /**
     * Every row is as the last acknowledged effect on it left it. A row that an unknown outcome touched may be as that
     * outcome says, too. Rows that the ledger does not name are left out.
     */
    LedgerCheck agreesWith(TestDatabase source) {
        for (var table : List.of("customers", "orders", "order_items")) {
            var rows = new HashMap<String, Long>();
            source.query("SELECT id::text AS id, version FROM " + table)
                    .forEach(row -> rows.put((String) row.get("id"), (Long) row.get("version")));
            expected(table)
                    .forEach((key, allowed) -> assertThat(allowed)
                            .as("versions of %s %s that the ledger allows (0: no row)", table, key)
                            .contains(rows.getOrDefault(key, 0L)));
        }
        return this;
    }

    /** Versions that each key may have; 0 stands for no row. */
    Map<String, Set<Long>> expected(String table) {
        var allowed = new HashMap<String, Set<Long>>();
        for (var line : lines) {
            for (var effect : line.get("effects")) {
                if (!effect.get("table").asText().equals(table)) {
                    continue;
                }
                var key = effect.get("key").asText();
                var version = effect.get("op").asText().equals("delete")
                        ? 0L
                        : effect.get("version").asLong();
                switch (state(line)) {
                    case "acknowledged" -> allowed.put(key, new HashSet<>(Set.of(version)));
                    case "unknown" ->
                        allowed.computeIfAbsent(key, k -> new HashSet<>(Set.of(0L)))
                                .add(version);
                    default -> {}
                }
            }
        }
        return allowed;
    }

    private static String state(JsonNode line) {
        return line.get("state").asText();
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }
}
