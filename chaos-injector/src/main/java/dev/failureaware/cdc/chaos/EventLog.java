package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** What happened, in order and in words, for people who watch. The oldest are dropped beyond a limit. */
final class EventLog {
    private static final Logger LOG = Logger.getLogger(EventLog.class);
    private static final int MAX_EVENTS = 10_000;

    private final Clock clock;
    private final Deque<Event> events = new ArrayDeque<>();
    private Instant zero;
    private long next = 1;

    EventLog(Clock clock) {
        this.clock = clock;
        this.zero = clock.instant();
    }

    /**
     * @param n counts from 1 in each life of the injector
     * @param tSeconds since the start of the run; before the first run, since the start of the injector
     * @param failure null when it concerns none
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Event(long n, Instant at, double tSeconds, String failure, Phase phase, String text) {}

    synchronized void runBegins() {
        zero = clock.instant();
    }

    synchronized void add(String failure, Phase phase, String text) {
        var now = clock.instant();
        var seconds = Duration.between(zero, now).toMillis() / 1000.0;
        events.addLast(new Event(next++, now.truncatedTo(ChronoUnit.MILLIS), seconds, failure, phase, text));
        if (events.size() > MAX_EVENTS) {
            events.removeFirst();
        }
        LOG.infof("failure=%s phase=%s %s", failure == null ? "-" : failure, phase.id(), text);
    }

    synchronized List<Event> after(long n) {
        return events.stream().filter(event -> event.n() > n).toList();
    }

    synchronized Optional<Event> last() {
        return Optional.ofNullable(events.peekLast());
    }
}
