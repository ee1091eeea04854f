package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.model.Verdict;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The last verdicts, oldest first. With a file (one JSON object on a line) they survive a restart; a file that cannot be
 * written costs a warning and no verdict.
 */
@ApplicationScoped
class History {
    static final int KEPT = 500;
    private static final Logger LOG = Logger.getLogger(History.class);

    private final Optional<Path> file;
    private final ObjectMapper json;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private int linesInFile;

    @RegisterForReflection
    record Entry(
            Instant timestamp,
            Verdict status,
            @JsonInclude(JsonInclude.Include.NON_NULL) String reason,
            Report.Summary summary) {}

    @Inject
    History(VerifierConfig config, ObjectMapper json) {
        this(config.historyFile(), json);
    }

    History(Optional<Path> file, ObjectMapper json) {
        this.file = file;
        this.json = json;
        file.filter(Files::exists).ifPresent(this::load);
    }

    private void load(Path path) {
        try (var lines = Files.lines(path, StandardCharsets.UTF_8)) {
            lines.forEach(line -> {
                linesInFile++;
                try {
                    keep(json.readValue(line, Entry.class));
                } catch (JacksonException e) {
                    // A line cut by a crash: its verdict is lost, the others are not.
                    LOG.warnf("line %d of %s is no verdict and is passed over", linesInFile, path);
                }
            });
            endLastLine(path);
        } catch (IOException | UncheckedIOException e) {
            LOG.warnf("the history in %s cannot be read: %s", path, e.toString());
        }
    }

    /** What is appended next must not become part of a line that a crash has cut. */
    private static void endLastLine(Path path) throws IOException {
        var text = Files.readString(path);
        if (!text.isEmpty() && !text.endsWith("\n")) {
            Files.writeString(path, "\n", StandardOpenOption.APPEND);
        }
    }

    synchronized void add(Report report) {
        var entry = new Entry(report.timestamp(), report.status(), report.reason(), report.summary());
        keep(entry);
        file.ifPresent(path -> write(path, entry));
    }

    synchronized List<Entry> all() {
        return List.copyOf(entries);
    }

    synchronized List<Report.Past> last(int number) {
        return entries.stream()
                .skip(Math.max(0, entries.size() - number))
                .map(entry -> new Report.Past(entry.timestamp(), entry.status()))
                .toList();
    }

    private void keep(Entry entry) {
        entries.addLast(entry);
        if (entries.size() > KEPT) {
            entries.removeFirst();
        }
    }

    private void write(Path path, Entry entry) {
        try {
            if (linesInFile >= 2 * KEPT) {
                rewrite(path);
            } else {
                Files.createDirectories(path.toAbsolutePath().getParent());
                Files.writeString(
                        path,
                        json.writeValueAsString(entry) + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
                linesInFile++;
            }
        } catch (IOException e) {
            LOG.warnf("a verdict is not kept in %s: %s", path, e.toString());
        }
    }

    private void rewrite(Path path) throws IOException {
        var text = new StringBuilder();
        for (var entry : entries) {
            text.append(json.writeValueAsString(entry)).append('\n');
        }
        var next = path.resolveSibling(path.getFileName() + ".next");
        Files.writeString(next, text);
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        linesInFile = entries.size();
    }
}
