package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/** Asks the chaos-injector what it does, and only asks. What it says explains charts; no verdict depends on it. */
@ApplicationScoped
class InjectorWatch {
    private static final Logger LOG = Logger.getLogger(InjectorWatch.class);

    private final InjectorCalls injector;
    private final Faults faults;
    private final Clock clock;
    private volatile JsonNode view;
    private boolean silent;

    InjectorWatch(InjectorCalls injector, Faults faults, Clock clock) {
        this.injector = injector;
        this.faults = faults;
        this.clock = clock;
    }

    /** An injector that does not answer changes nothing of what is known. */
    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void ask() {
        var answer = injector.ask("/scenario");
        if (answer.isEmpty()) {
            view = silent ? null : view;
            silent = true;
            return;
        }
        try {
            var told = answer.get();
            faults.seen(told(told), mayBeOpen(told), clock.instant());
            view = told;
            silent = false;
        } catch (RuntimeException e) {
            LOG.debugf("what the chaos-injector does is not known: %s", e.toString());
        }
    }

    /** What it last said, also while it is silent once; empty before, and when it is away. */
    Optional<JsonNode> view() {
        return Optional.ofNullable(view);
    }

    /** One that heals, or waits for its turn, does not know what is open; one that runs knows of its own run only. */
    private static Predicate<Fault> mayBeOpen(JsonNode view) {
        return switch (view.path("state").asText()) {
            case "idle", "finished", "aborted" -> fault -> false;
            case "running" -> fault -> fault.run().equals(view.path("run").asText());
            default -> fault -> true;
        };
    }

    private static List<Fault> told(JsonNode view) {
        var run = view.path("run").asText();
        var told = new ArrayList<Fault>();
        view.path("failures").forEach(failure -> add(run, failure, told));
        add(run, view.path("under_way"), told);
        return told;
    }

    /** Only what was injected; an outcome counts more than what is said of the same failure under way. */
    private static void add(String run, JsonNode failure, List<Fault> told) {
        if (!failure.hasNonNull("injected_at")) {
            return;
        }
        var fault = new Fault(
                run,
                failure.path("id").asText(),
                failure.path("type").asText(),
                at(failure, "injected_at"),
                at(failure, "reverted_at"),
                at(failure, "recovered_at"),
                failure.hasNonNull("verdict") ? failure.path("verdict").asText() : null);
        if (told.stream().noneMatch(fault::isSameAs)) {
            told.add(fault);
        }
    }

    private static Instant at(JsonNode failure, String name) {
        return failure.hasNonNull(name) ? Instant.parse(failure.path(name).asText()) : null;
    }
}
