package dev.failureaware.cdc.verifier;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The last samples, in memory that does not grow. */
@ApplicationScoped
class Series {
    static final int KEPT = 1800;

    private final Deque<Sample> samples = new ArrayDeque<>();

    synchronized void add(Sample sample) {
        samples.addLast(sample);
        if (samples.size() > KEPT) {
            samples.removeFirst();
        }
    }

    synchronized Optional<Sample> last() {
        return Optional.ofNullable(samples.peekLast());
    }

    /** Oldest first. @param after only those that are younger */
    synchronized List<Sample> after(Instant after) {
        return samples.stream()
                .filter(sample -> sample.timestamp().isAfter(after))
                .toList();
    }
}
