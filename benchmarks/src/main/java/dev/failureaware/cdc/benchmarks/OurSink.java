package dev.failureaware.cdc.benchmarks;

import dev.failureaware.cdc.stack.Running;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The packaged sink-consumer as {@code make demo} starts it. */
final class OurSink implements Contestant {
    private static final Duration LOOK = Duration.ofMillis(100);
    static final String LABEL = "ours";

    private final TestBed bed;
    private final Map<String, String> caller;

    /** @param caller of its variables those that begin with SINK_ or QUARKUS_ go to the sink-consumer, as with the stack */
    OurSink(TestBed bed, Map<String, String> caller) {
        this.bed = bed;
        this.caller = new TreeMap<>(caller);
        this.caller.keySet().removeIf(name -> !name.startsWith("SINK_") && !name.startsWith("QUARKUS_"));
        this.caller.keySet().removeIf(name -> name.endsWith("_PORT"));
    }

    @Override
    public String label() {
        return LABEL;
    }

    @Override
    public Optional<String> absence(Topic topic) {
        return Optional.empty();
    }

    @Override
    public boolean createsTable() {
        return true;
    }

    @Override
    public Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("jvm", String.join(" ", bed.workbench.sinkConsumerOptions()));
        settings.put("environment", caller);
        return settings;
    }

    @Override
    public Draining start(Topic topic) throws IOException, InterruptedException {
        return start(topic, 1);
    }

    /** @param replica its number, from 1 */
    Draining start(Topic topic, int replica) throws IOException, InterruptedException {
        var environment = new LinkedHashMap<>(caller);
        environment.put("CDC_API_TOKEN", bed.workbench.token());
        environment.put("KAFKA_BOOTSTRAP_SERVERS", bed.kafka.address());
        environment.put("SINK_TOPIC_PREFIX", topic.prefix());
        environment.put(
                "QUARKUS_DATASOURCE_REACTIVE_URL",
                "vertx-reactive:postgresql://%s/%s".formatted(bed.postgres.address(), TestBed.SINK));
        environment.put("QUARKUS_DATASOURCE_USERNAME", TestBed.SINK_ROLE);
        environment.put("QUARKUS_DATASOURCE_PASSWORD", bed.workbench.password());
        return new Process(bed.workbench.sinkConsumer("sink-consumer-" + replica, environment), topic.schemaFull());
    }

    private final class Process implements Draining {
        private final Running running;
        private final boolean schemaFull;

        Process(Running running, boolean schemaFull) {
            this.running = running;
            this.schemaFull = schemaFull;
        }

        /** Its bookkeeping is there from the moment at which it was assigned its partitions. */
        @Override
        public void ready() throws InterruptedException {
            try {
                while (running.isAlive()
                        && !bed.value(TestBed.SINK, "SELECT to_regclass('_cdc.offsets') IS NOT NULL")
                                .equals("t")) {
                    Thread.sleep(LOOK.toMillis());
                }
            } catch (SQLException e) {
                throw new BenchmarkException("the sink database does not answer: " + e.getMessage());
            }
        }

        @Override
        public Optional<String> failure() {
            if (!running.isAlive()) {
                return Optional.of("the sink-consumer ended" + running.logTail());
            }
            try {
                var parked = bed.value(TestBed.SINK, "SELECT to_regclass('_cdc.parked') IS NOT NULL")
                                .equals("t")
                        ? bed.value(TestBed.SINK, "SELECT min(reason) FROM _cdc.parked")
                        : null;
                if (parked != null && !schemaFull) {
                    throw new RefusedException("it does not take events without schema: " + parked);
                }
                return Optional.ofNullable(parked).map(reason -> "the sink-consumer parks events: " + reason);
            } catch (SQLException e) {
                return Optional.of("the sink database does not answer: " + e.getMessage());
            }
        }

        @Override
        public OptionalLong peakResidentBytes() {
            return running.peakResidentBytes();
        }

        @Override
        public void close() {
            running.stop();
        }
    }
}
