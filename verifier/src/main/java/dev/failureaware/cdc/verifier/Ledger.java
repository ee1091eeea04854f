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

    record Row(TableId table, String key) {}

    private final Map<Row, Long> rows = new HashMap<>();
    private final Set<Row> uncertain = new HashSet<>();
    private final Map<Long, JsonNode> open = new HashMap<>();
    private long acknowledged;

    private final Share share;
    private final int mostRows;
    private boolean tooLarge;

    /** Rows that are kept: of a number of equal shares the one with this number, from 0. */
    record Share(int number, int of) {
        boolean has(Row row) {
            return Math.floorMod(row.hashCode(), of) == number;
        }
    }

    /** @param mostRows that may be held; with more, all are forgotten */
    Ledger(Share share, int mostRows) {
        this.share = share;
        this.mostRows = mostRows;
    }

    /** There were too many rows; nothing is known of any. */
    boolean isTooLarge() {
        return tooLarge;
    }

    /** To be called when all lines were given. */
    void complete() {
        // The generator died, or is at it: nobody knows.
        open.values().forEach(this::doubt);
        uncertain.forEach(rows::remove);
    }

    /** Lines come in the order in which they were written. */
    void line(String text) {
        if (tooLarge) {
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
                    if (share.has(row)) {
                        uncertain.remove(row);
                        rows.put(
                                row,
                                effect.path("op").asText().equals("delete")
                                        ? 0
                                        : effect.path("version").asLong());
                    }
                });
                if (rows.size() > mostRows) {
                    tooLarge = true;
                    rows.clear();
                    uncertain.clear();
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
        line.path("effects").forEach(effect -> {
            var row = row(effect);
            if (share.has(row)) {
                uncertain.add(row);
            }
        });
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
