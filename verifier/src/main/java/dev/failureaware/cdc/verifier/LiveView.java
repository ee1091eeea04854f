package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Looks at everything once a second and tells who watches: a whole picture first, then what is new. */
@ApplicationScoped
class LiveView {
    /** For who asks for how it stands, and not for all that happened. */
    private static final int LOG_IN_SHORT = 20;
    /** Messages that wait for one watcher. */
    private static final int WAITING_AT_MOST = 16;

    private final Observer observer;
    private final Series series;
    private final Faults faults;
    private final InjectorWatch injector;
    private final InjectorEvents events;
    private final Verifications verifications;
    private final Clock clock;

    private final Situations situations;
    private final Happenings happenings = new Happenings();
    private final BroadcastProcessor<Live> messages = BroadcastProcessor.create();
    private Live last;
    private Instant sampledUntil = Instant.EPOCH;

    LiveView(
            Observer observer,
            Series series,
            Faults faults,
            InjectorWatch injector,
            InjectorEvents events,
            Verifications verifications,
            Clock clock) {
        this.observer = observer;
        this.series = series;
        this.faults = faults;
        this.injector = injector;
        this.events = events;
        this.verifications = verifications;
        this.clock = clock;
        this.situations = new Situations(verifications.proof());
    }

    @Scheduled(every = "${verifier.look-every:1s}", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    void look() {
        var seen = observer.look();
        publish(seen, events.fresh());
    }

    private synchronized void publish(Observation seen, List<JsonNode> told) {
        var report = verifications.last();
        var proof = verifications.proof();
        var samples = series.after(sampledUntil);
        if (!samples.isEmpty()) {
            sampledUntil = samples.get(samples.size() - 1).timestamp();
        }
        var parts = Parts.of(seen, series.last(), report, proof);
        var situation = situations.next(seen, parts, report, proof);
        told.forEach(happenings::injector);
        happenings.look(seen.at(), parts, report, situation);
        var known = faults.all();
        var message = new Live(
                last == null ? 1 : last.n() + 1,
                false,
                seen.at(),
                situation,
                parts,
                injector.view()
                        .map(view -> ScenarioView.of(view, clock.instant()))
                        .orElse(null),
                samples,
                last != null && last.faults().equals(known) ? null : known,
                last != null && last.report() == report ? null : report,
                happenings.takeFresh());
        last = new Live(
                message.n(),
                true,
                message.at(),
                situation,
                parts,
                message.scenario(),
                List.of(),
                known,
                report,
                List.of());
        messages.onNext(message.n() == 1 ? whole() : message);
    }

    /** As of the last look, with the last sample and the end of the log; empty before the first look. */
    synchronized Optional<Live> now() {
        return Optional.ofNullable(last)
                .map(seen -> withPast(series.last().stream().toList(), happenings.newest(LOG_IN_SHORT)));
    }

    private Live whole() {
        return withPast(
                series.after(Instant.EPOCH).stream()
                        .filter(sample -> !sample.timestamp().isAfter(sampledUntil))
                        .toList(),
                happenings.all());
    }

    private Live withPast(List<Sample> samples, List<Happenings.Happening> log) {
        return new Live(
                last.n(),
                true,
                last.at(),
                last.situation(),
                last.parts(),
                last.scenario(),
                samples,
                last.faults(),
                last.report(),
                log);
    }

    /** Who is too slow is cut off, and may ask anew. */
    Multi<Live> stream() {
        return Multi.createFrom().<Live>emitter(this::join, WAITING_AT_MOST);
    }

    /** In one step, so that no message lies between the whole picture and the first that follows it. */
    private synchronized void join(MultiEmitter<? super Live> watcher) {
        if (last != null) {
            watcher.emit(whole());
        }
        var subscription = messages.subscribe().with(watcher::emit);
        watcher.onTermination(subscription::cancel);
    }
}
