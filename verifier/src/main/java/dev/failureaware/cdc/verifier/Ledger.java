package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.model.TableId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The load generator's ledger, folded to what is left of each row: the effect of the last acknowledged commit on it. Rows that
 * a commit without a known outcome has touched since say nothing, and are left out.
 */
final class Ledger {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Some hundred bytes each. */
    static final int MOST_ROWS = 1_000_000;

    record Row(TableId table, String key) {}

    private final Map<Row, Long> rows = new HashMap<>();
    private final Set<Row> uncertain = new HashSet<>();
    private final Map<Long, JsonNode> open = new HashMap<>();
    private long acknowledged;

    /** Rows, of which there are too many to be held at once; then nothing is known of any. */
    boolean isTooLarge() {
        return rows.size() > MOST_ROWS;
    }

    /** To be called when all lines were given. */
    void complete() {
        // The generator died, or is at it: nobody knows.
        open.values().forEach(this::doubt);
        uncertain.forEach(rows::remove);
    }

    /** Lines come in the order in which they were written. */
    void line(String text) {
        if (isTooLarge()) {
            return;
        }
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
