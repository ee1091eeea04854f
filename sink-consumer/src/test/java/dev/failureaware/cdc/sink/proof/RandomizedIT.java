package dev.failureaware.cdc.sink.proof;

import dev.failureaware.cdc.test.ConnectProcess;
import dev.failureaware.cdc.test.TestKafka;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random writes, faults, rewinds and snapshots, and the sink equals the source in the end. One seed decides all that can be
 * decided:
 *
 * <pre>mvn -pl sink-consumer verify -Dit.test=RandomizedIT -Dsoak.seed=17      this one
 * make soak-sink SEEDS=100                                             the first hundred
 * make soak-sink SEEDS=25 FIRST=2 STEP=4                               25 whose events have no schemas</pre>
 */
class RandomizedIT {
    /** By whether they deliver exactly once; they stay for all seeds, except when they are killed. */
    private static final Map<Boolean, ConnectProcess> WORKERS = new ConcurrentHashMap<>();

    static LongStream seeds() {
        var one = Long.getLong("soak.seed");
        var first = Long.getLong("soak.first", 1);
        var step = Long.getLong("soak.step", 1);
        return one == null
                ? LongStream.iterate(first, seed -> seed + step).limit(Long.getLong("soak.seeds", 1))
                : LongStream.of(one);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theSinkEqualsTheSourceWhateverHappened(long seed) throws Exception {
        var operations = Integer.getInteger("soak.operations", 2000);
        var begin = System.nanoTime();
        System.out.printf("seed %d: begins with %d operations%n", seed, operations);
        var said = "FAILED";
        try (var run = new RandomRun(seed, operations, TestKafka.bootstrapServers(), RandomizedIT::worker)) {
            try {
                run.run();
                said = "equal, " + run;
            } catch (Exception | AssertionError e) {
                said = "NOT EQUAL, " + run + ", " + e;
                System.out.println(run.diagnosis());
                throw e;
            }
        } finally {
            System.out.printf(
                    "seed %d: %s, %.1f s%n",
                    seed, said, Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0);
        }
    }

    private static ConnectProcess worker(boolean exactlyOnce) {
        return WORKERS.computeIfAbsent(
                exactlyOnce,
                key -> ConnectProcess.start(
                        TestKafka.bootstrapServers(),
                        // The longer until a flush, the more is sent again after a kill.
                        new TreeMap<>(Map.of(
                                "exactly.once.source.support",
                                exactlyOnce ? "enabled" : "disabled",
                                "offset.flush.interval.ms",
                                "60000"))));
    }

    @AfterAll
    static void end() {
        WORKERS.values().forEach(ConnectProcess::close);
        WORKERS.clear();
    }
}
