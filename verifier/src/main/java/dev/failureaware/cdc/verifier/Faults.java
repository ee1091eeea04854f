package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The last failures that the chaos-injector has caused, oldest first. They survive a restart like the {@link History}. */
@ApplicationScoped
class Faults {
    static final int KEPT = 200;

    private final Optional<LineFile<Fault>> file;
    private final List<Fault> faults = new ArrayList<>();

    @Inject
    Faults(VerifierConfig config, ObjectMapper json) {
        this(config.historyFile(), json);
    }

    /** @param history whose name, with {@code .faults} behind it, is that of the file */
    Faults(Optional<Path> history, ObjectMapper json) {
        this.file = history.map(path ->
                new LineFile<>(path.resolveSibling(path.getFileName() + ".faults"), Fault.class, 10 * KEPT, json));
        this.file.ifPresent(lines -> lines.load().forEach(this::keep));
    }

    /**
     * @param told what the injector knows now
     * @param mayBeOpen whether one that is open may still be so although the injector does not tell of it
     * @param at when it told
     */
    synchronized void seen(List<Fault> told, Predicate<Fault> mayBeOpen, Instant at) {
        told.forEach(this::update);
        List.copyOf(faults).stream()
                .filter(fault -> fault.outcome() == null)
                .filter(open -> told.stream().noneMatch(open::isSameAs))
                .filter(mayBeOpen.negate())
                .forEach(open -> update(open.leftAt(at)));
    }

    synchronized List<Fault> all() {
        return List.copyOf(faults);
    }

    private void update(Fault fault) {
        if (keep(fault)) {
            file.ifPresent(lines -> lines.add(fault, faults));
        }
    }

    /** A fault takes the place of what was known of it. @return whether that changed anything */
    private boolean keep(Fault fault) {
        for (var place = faults.listIterator(faults.size()); place.hasPrevious(); ) {
            var known = place.previous();
            if (known.isSameAs(fault)) {
                place.set(fault);
                return !known.equals(fault);
            }
        }
        faults.add(fault);
        if (faults.size() > KEPT) {
            faults.remove(0);
        }
        return true;
    }
}
