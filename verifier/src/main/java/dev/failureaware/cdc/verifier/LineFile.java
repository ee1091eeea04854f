package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * A file with one JSON object on a line, to which lines are added until it is written anew with those that still matter. A file
 * that cannot be read or written costs a warning and nothing else. Not safe for several threads.
 */
final class LineFile<T> {
    private static final Logger LOG = Logger.getLogger(LineFile.class);

    private final Path path;
    private final Class<T> type;
    private final int mostLines;
    private final ObjectMapper json;
    private int lines;

    LineFile(Path path, Class<T> type, int mostLines, ObjectMapper json) {
        this.path = path;
        this.type = type;
        this.mostLines = mostLines;
        this.json = json;
    }

    /** All lines that can be read, oldest first. */
    List<T> load() {
        var loaded = new ArrayList<T>();
        if (!Files.exists(path)) {
            return loaded;
        }
        try (var text = Files.lines(path, StandardCharsets.UTF_8)) {
            text.forEach(line -> {
                lines++;
                try {
                    loaded.add(json.readValue(line, type));
                } catch (JacksonException e) {
                    // A line cut by a crash is lost, the others are not.
                    LOG.warnf("line %d of %s cannot be read and is passed over", lines, path);
                }
            });
            endLastLine();
        } catch (IOException | UncheckedIOException e) {
            LOG.warnf("%s cannot be read: %s", path, e.toString());
        }
        return loaded;
    }

    /** What is appended next must not become part of a line that a crash has cut. */
    private void endLastLine() throws IOException {
        var text = Files.readString(path);
        if (!text.isEmpty() && !text.endsWith("\n")) {
            Files.writeString(path, "\n", StandardOpenOption.APPEND);
        }
    }

    /** @param all that still matter, the added one included */
    void add(T added, Iterable<T> all) {
        try {
            if (lines >= mostLines) {
                rewrite(all);
            } else {
                Files.createDirectories(path.toAbsolutePath().getParent());
                Files.writeString(
                        path,
                        json.writeValueAsString(added) + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
                lines++;
            }
        } catch (IOException e) {
            LOG.warnf("nothing is kept in %s: %s", path, e.toString());
        }
    }

    private void rewrite(Iterable<T> all) throws IOException {
        var text = new StringBuilder();
        var written = 0;
        for (var line : all) {
            text.append(json.writeValueAsString(line)).append('\n');
            written++;
        }
        var next = path.resolveSibling(path.getFileName() + ".next");
        Files.writeString(next, text);
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        lines = written;
    }
}
