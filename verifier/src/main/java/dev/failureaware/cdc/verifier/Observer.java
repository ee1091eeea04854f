package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failureaware.cdc.verifier.Observation.Answer;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;

/** Looks at all parts at the same time. A part that is slow once is not called away: only the second silence in a row counts. */
@ApplicationScoped
class Observer {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int PARTS = 6;

    private final Databases databases;
    private final PipelineProbe pipeline;
    private final LagMeter lag;
    private final TopicTail tail;
    private final TopicEnds ends;
    private final Backlog backlog;
    private final Clock clock;
    private final ObjectMapper json;
    private final boolean slotExpected;
    private final Optional<URI> connect;
    private final Optional<URI> sinkConsumer;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(LIMIT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final ExecutorService workers = Executors.newFixedThreadPool(PARTS, work -> {
        var thread = new Thread(work, "observer");
        thread.setDaemon(true);
        return thread;
    });
    private final Patience<Source> source = new Patience<>(new Source(Answer.NO, Optional.empty()));
    private final Patience<Optional<List<Report.Slot>>> slots = new Patience<>(Optional.empty());
    private final Patience<Optional<Report.Connector>> connector = new Patience<>(Optional.empty());
    private final Patience<Answer> kafka = new Patience<>(Answer.NO);
    private final Patience<Consumer> consumer = new Patience<>(new Consumer(Answer.NO, Optional.empty()));
    private final Patience<Answer> sink = new Patience<>(Answer.NO);

    Observer(
            Databases databases,
            PipelineProbe pipeline,
            LagMeter lag,
            TopicTail tail,
            TopicEnds ends,
            Backlog backlog,
            Clock clock,
            ObjectMapper json,
            VerifierConfig config) {
        this.databases = databases;
        this.pipeline = pipeline;
        this.lag = lag;
        this.tail = tail;
        this.ends = ends;
        this.backlog = backlog;
        this.clock = clock;
        this.json = json;
        this.slotExpected = config.fence() == FenceKind.MESSAGE;
        this.connect = config.connectUrl();
        this.sinkConsumer = config.sinkConsumerUrl()
                .map(url -> URI.create(url.toString().replaceAll("/+$", "") + "/q/health/ready"));
    }

    /** @param slots the one slot, or none; empty where the source does not say */
    private record Source(Answer answer, Optional<List<Report.Slot>> slots) {}

    private record Consumer(Answer answer, Optional<String> says) {}

    /** Takes as long as the slowest part, at most about two seconds. */
    Observation look() {
        var began = clock.instant();
        var atSource = ask(() -> answers(databases.source())
                ? new Source(Answer.YES, pipeline.slots())
                : new Source(Answer.NO, Optional.empty()));
        var atConnect = ask(pipeline::connector);
        var atKafka = ask(this::kafka);
        var behind = ask(this::lag);
        var atConsumer = ask(this::sinkConsumer);
        var atSink = ask(() -> answers(databases.sink()) ? Answer.YES : Answer.NO);
        var from = source.heard(atSource.join(), found -> found.answer == Answer.YES).answer;
        var slot = slots.heard(atSource.join().slots, Optional::isPresent);
        var says = consumer.heard(atConsumer.join(), found -> found.answer != Answer.NO);
        return new Observation(
                began,
                from,
                slotAnswer(slot),
                from == Answer.YES && slotExpected
                        ? slot.flatMap(all -> all.stream().findFirst())
                        : Optional.empty(),
                connect.isPresent() ? Answer.YES : Answer.NOT_ASKED,
                connector.heard(atConnect.join(), Optional::isPresent),
                kafka.heard(atKafka.join(), found -> found != Answer.NO),
                behind.join(),
                backlog.lastEvent(),
                says.answer,
                says.says,
                sink.heard(atSink.join(), found -> found == Answer.YES));
    }

    private Answer slotAnswer(Optional<List<Report.Slot>> found) {
        if (!slotExpected) {
            return Answer.NOT_ASKED;
        }
        return found.map(all -> all.isEmpty() ? Answer.NO : Answer.YES).orElse(Answer.NOT_READY);
    }

    private <T> CompletableFuture<T> ask(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, workers);
    }

    private static boolean answers(Database database) {
        try {
            database.execute(Deadline.in(LIMIT), "SELECT 1");
            return true;
        } catch (CheckImpossible e) {
            return false;
        }
    }

    private Answer kafka() {
        if (!tail.followed()) {
            return Answer.NOT_ASKED;
        }
        try {
            ends.committed(backlog.partitions(), Deadline.in(LIMIT));
            return Answer.YES;
        } catch (CheckImpossible e) {
            return Answer.NO;
        }
    }

    private Optional<Lag> lag() {
        try {
            return Optional.of(lag.measure(Deadline.in(LIMIT)));
        } catch (CheckImpossible e) {
            return Optional.empty();
        }
    }

    private Consumer sinkConsumer() {
        if (sinkConsumer.isEmpty()) {
            return new Consumer(Answer.NOT_ASKED, Optional.empty());
        }
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(sinkConsumer.get()).timeout(LIMIT).build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200
                    ? new Consumer(Answer.YES, Optional.empty())
                    : new Consumer(Answer.NOT_READY, whyNotReady(answer.body()));
        } catch (IOException e) {
            return new Consumer(Answer.NO, Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Consumer(Answer.NO, Optional.empty());
        }
    }

    /** Of the health checks that are down, what each says, or its name. */
    private Optional<String> whyNotReady(String health) throws IOException {
        var reasons = new ArrayList<String>();
        for (var check : json.readTree(health).path("checks")) {
            if (check.path("status").asText().equals("DOWN")) {
                reasons.add(check.at("/data/reason").asText(check.path("name").asText()));
            }
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }

    @PreDestroy
    void stop() {
        workers.shutdownNow();
    }

    /** The last answer stands for one silence that follows it. */
    private static final class Patience<T> {
        private T last;
        private boolean silent = true;

        Patience(T nothing) {
            last = nothing;
        }

        T heard(T found, Function<T, Boolean> isAnswer) {
            if (isAnswer.apply(found)) {
                silent = false;
                last = found;
            } else if (silent) {
                last = found;
            } else {
                silent = true;
            }
            return last;
        }
    }
}
