package dev.failureaware.cdc.chaos.platform.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.failureaware.cdc.chaos.platform.CallFailedException;
import dev.failureaware.cdc.chaos.platform.Journal;
import dev.failureaware.cdc.chaos.platform.Undo;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** The journal in a ConfigMap, one line of JSON per undo, so that a successor on another node finds it. */
final class ConfigMapJournal implements Journal {
    static final String KEY = "journal.ndjson";

    private static final JsonMapper JSON = new JsonMapper();

    private final KeptData kept;

    ConfigMapJournal(KeptData kept) {
        this.kept = kept;
    }

    @Override
    public void write(String failure, Instant at, Collection<Undo> undos)
            throws CallFailedException, InterruptedException {
        if (undos.isEmpty()) {
            return;
        }
        var lines = new StringBuilder();
        for (var undo : undos) {
            lines.append(undo.entry(failure, at)).append('\n');
        }
        kept.change(data -> {
            data.merge(KEY, lines.toString(), String::concat);
            return data;
        });
    }

    @Override
    public Set<Undo> pending() throws CallFailedException, InterruptedException {
        var pending = new LinkedHashSet<Undo>();
        for (var line : kept.read().getOrDefault(KEY, "").split("\n")) {
            if (!line.isBlank()) {
                pending.addAll(undos(line));
            }
        }
        return pending;
    }

    private static Set<Undo> undos(String line) {
        try {
            return Undo.of(JSON.readTree(line)).map(Set::of).orElseGet(Undo::everything);
        } catch (JsonProcessingException e) {
            return Undo.everything();
        }
    }

    @Override
    public void clear() throws CallFailedException, InterruptedException {
        kept.change(data -> {
            data.remove(KEY);
            return data;
        });
    }
}
