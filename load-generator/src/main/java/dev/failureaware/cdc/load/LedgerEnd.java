package dev.failureaware.cdc.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where an earlier life left a ledger file.
 *
 * @param wholeBytes length of the file without a line that was not finished
 */
record LedgerEnd(long wholeBytes, long lastNumber, long lastRun) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads the whole file, for outcomes of several writers need not stand in the order of their numbers. */
    static LedgerEnd of(Path file) throws IOException {
        var end = new LedgerEnd(0, 0, 0);
        if (!Files.exists(file)) {
            return end;
        }
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            var line = new ByteArrayOutputStream();
            for (var b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n') {
                    end = end.after(line.size() + 1L, line.toString(StandardCharsets.UTF_8));
                    line.reset();
                } else {
                    line.write(b);
                }
            }
        }
        return end;
    }

    private LedgerEnd after(long lineBytes, String text) {
        var line = parse(text);
        return new LedgerEnd(
                wholeBytes + lineBytes,
                Math.max(lastNumber, line.path("n").asLong()),
                Math.max(lastRun, line.path("run").asLong()));
    }

    /** A line that is no JSON can only come from a damaged disk: it stays where it is and counts for nothing. */
    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }
}
