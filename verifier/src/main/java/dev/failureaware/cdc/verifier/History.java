package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.model.Verdict;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The last verdicts, oldest first. With a file they survive a restart. */
@ApplicationScoped
class History {
    static final int KEPT = 500;

    private final Optional<LineFile<Entry>> file;
    private final Deque<Entry> entries = new ArrayDeque<>();
    /** Older ones that still matter: the last PASS, and the first FAIL after it. */
    private final List<Entry> proven = new ArrayList<>();

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
        this.file = file.map(path -> new LineFile<>(path, Entry.class, 2 * KEPT, json));
        this.file.ifPresent(lines -> lines.load().forEach(this::keep));
    }

    synchronized void add(Report report) {
        var entry = new Entry(report.timestamp(), report.status(), report.reason(), report.summary());
        keep(entry);
        file.ifPresent(lines -> lines.add(entry, provenAndKept()));
    }

    synchronized List<Entry> all() {
        return List.copyOf(entries);
    }

    /** However long ago. */
    synchronized Proof proof() {
        return Proof.of(provenAndKept());
    }

    private List<Entry> provenAndKept() {
        return Stream.concat(proven.stream(), entries.stream()).toList();
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
            forget(entries.removeFirst());
        }
    }

    private void forget(Entry entry) {
        switch (entry.status()) {
            case PASS -> {
                proven.clear();
                proven.add(entry);
            }
            case FAIL -> {
                if (proven.stream().noneMatch(known -> known.status() == Verdict.FAIL)) {
                    proven.add(entry);
                }
            }
            case SYNC_IN_PROGRESS, UNKNOWN -> {
                // Proves nothing.
            }
        }
    }
}
