package dev.failureaware.cdc.verifier;

import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Both ends of the pipeline. */
@ApplicationScoped
class Databases implements AutoCloseable {
    private final Database source;
    private final Database sink;
    private final ExecutorService sinkReader = Executors.newSingleThreadExecutor(work -> {
        var thread = new Thread(work, "sink-reader");
        thread.setDaemon(true);
        return thread;
    });

    @Inject
    Databases(@ReactiveDataSource("source") Pool source, @ReactiveDataSource("sink") Pool sink, VerifierConfig config) {
        this(source, sink, config.parallelWorkers());
    }

    Databases(Pool source, Pool sink, int parallelWorkers) {
        this.source = new Database("source", source, parallelWorkers);
        this.sink = new Database("sink", sink, parallelWorkers);
    }

    Database source() {
        return source;
    }

    Database sink() {
        return sink;
    }

    /** Does the same on both sides at the same time, each in one snapshot. */
    <T> BothSides<T> onBoth(
            Deadline deadline, Function<Database.Session, T> onSource, Function<Database.Session, T> onSink) {
        var fromSink = CompletableFuture.supplyAsync(() -> sink.inSnapshot(deadline, onSink), sinkReader);
        try {
            var fromSource = source.inSnapshot(deadline, onSource);
            return new BothSides<>(fromSource, fromSink.join());
        } catch (CompletionException e) {
            throw e.getCause() instanceof CheckImpossible impossible ? impossible : e;
        }
    }

    @PreDestroy
    @Override
    public void close() {
        sinkReader.shutdownNow();
    }

    record BothSides<T>(T source, T sink) {}
}
