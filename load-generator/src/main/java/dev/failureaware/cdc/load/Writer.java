package dev.failureaware.cdc.load;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * One sequence of transactions: plan, note the intent, commit, note the outcome, learn. Outlasts every outage of the
 * database and of the ledger's disk. Runs on a thread of its own, and on one only.
 */
final class Writer implements Runnable {
    private static final Logger LOG = Logger.getLogger(Writer.class);

    private final Gate gate;
    private final Pace pace;
    private final Backoff backoff;
    private final SourceDatabase source;
    private final Planner planner;
    private final Ledger ledger;
    private final Tally tally;
    private final int maxCustomers;
    private final Predicate<UUID> owned;

    /** Null when it has to be read again, because nobody knows what has become of the last change. */
    private WorkingSet known;

    private volatile boolean degraded;

    /** @param owned tells the customers that no other writer touches */
    Writer(
            Gate gate,
            Pace pace,
            Backoff backoff,
            SourceDatabase source,
            Planner planner,
            Ledger ledger,
            Tally tally,
            int maxCustomers,
            Predicate<UUID> owned) {
        this.gate = gate;
        this.pace = pace;
        this.backoff = backoff;
        this.source = source;
        this.planner = planner;
        this.ledger = ledger;
        this.tally = tally;
        this.maxCustomers = maxCustomers;
        this.owned = owned;
    }

    @Override
    public void run() {
        try {
            while (gate.enter()) {
                Duration rest;
                try {
                    rest = step();
                } finally {
                    gate.leave();
                }
                gate.pause(rest.isZero() ? pace.takeSlot(System.nanoTime()) : rest.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the last attempt did not get through. */
    boolean isDegraded() {
        return degraded;
    }

    /** Tries one transaction and returns how long to rest; not at all after a success. */
    Duration step() throws InterruptedException {
        try {
            if (known == null) {
                known = source.workingSet(maxCustomers, owned);
            }
            var change = planner.next(known);
            var number = ledger.intend(change);
            var outcome = source.commit(change);
            conclude(number, outcome);
            tally.count(change.operation(), outcome.state());
            if (!outcome.isAcknowledged()) {
                known = null;
                return restAfter(outcome.cause());
            }
            change.learn(known, outcome.effects());
            recovered();
            return Duration.ZERO;
        } catch (DatabaseException e) {
            return restAfter(e);
        } catch (IOException e) {
            // Nothing has been sent: what is not in the ledger is not done.
            tally.countLedgerError();
            return restAfter(e);
        }
    }

    /** Does not give up: a commit without its outcome in the ledger would look like the generator's death. */
    private void conclude(long number, Outcome outcome) throws InterruptedException {
        while (true) {
            try {
                ledger.conclude(number, outcome);
                return;
            } catch (IOException e) {
                tally.countLedgerError();
                if (gate.isShut()) {
                    LOG.errorf(
                            e, "outcome=%s of number=%d is lost with the end of this process", outcome.state(), number);
                    return;
                }
                gate.pause(restAfter(e).toNanos());
            }
        }
    }

    private Duration restAfter(Exception cause) {
        var rest = backoff.afterFailure();
        if (!degraded) {
            LOG.warnf("a transaction did not get through, trying again from now on: %s", cause.getMessage());
        } else {
            LOG.debugf("still not through: %s", cause.getMessage());
        }
        degraded = true;
        return rest;
    }

    private void recovered() {
        backoff.afterSuccess();
        if (degraded) {
            degraded = false;
            LOG.info("transactions get through again");
        }
    }
}
