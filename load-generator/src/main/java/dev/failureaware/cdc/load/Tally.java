package dev.failureaware.cdc.load;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** Outcomes since this process started, as numbers and as metrics. Thread-safe. */
final class Tally {
    private final MeterRegistry metrics;
    private final Counter ledgerErrors;

    Tally(MeterRegistry metrics) {
        this.metrics = metrics;
        this.ledgerErrors = Counter.builder("load.ledger.errors")
                .description("Lines that could not be written to the ledger at once")
                .register(metrics);
        for (var operation : Operation.values()) {
            for (var state : LedgerLine.State.values()) {
                if (state != LedgerLine.State.INTENT) {
                    counter(operation, state);
                }
            }
        }
    }

    void count(Operation operation, LedgerLine.State outcome) {
        counter(operation, outcome).increment();
    }

    void countLedgerError() {
        ledgerErrors.increment();
    }

    long sum(LedgerLine.State outcome) {
        return metrics.find("load.transactions").tag("outcome", text(outcome)).counters().stream()
                .mapToLong(counter -> (long) counter.count())
                .sum();
    }

    private Counter counter(Operation operation, LedgerLine.State outcome) {
        return Counter.builder("load.transactions")
                .description("Transactions by kind and outcome")
                .tag("kind", operation.text())
                .tag("outcome", text(outcome))
                .register(metrics);
    }

    private static String text(LedgerLine.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
