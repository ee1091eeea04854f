package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.SinkBookkeeping;
import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.model.Verdict;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Accounts for every commit that the load generator had acknowledged, whatever both tables hold now: at the sink each row is at
 * least as new as its last acknowledged commit, or the way it left is known. A source that loses what it had acknowledged is
 * noticed like that too, although both sides are equal then. A ledger of many rows is read several times, a share of the rows
 * each time, so that its size costs time and no memory.
 */
@ApplicationScoped
class LedgerCheck {
    private static final int KEYS_IN_ONE_STATEMENT = 5000;

    private final Databases databases;
    private final SchemaCheck schema;
    private final Fence fence;
    private final TopicScan scan;
    private final Topics topics;
    private final Clock clock;
    private final LedgerReader reader;
    private final int examples;
    private final int rowsAtOnce;

    LedgerCheck(
            Databases databases,
            SchemaCheck schema,
            Fence fence,
            TopicScan scan,
            Topics topics,
            Clock clock,
            LedgerReader reader,
            VerifierConfig config) {
        this.databases = databases;
        this.schema = schema;
        this.fence = fence;
        this.scan = scan;
        this.topics = topics;
        this.clock = clock;
        this.reader = reader;
        this.examples = config.examples();
        this.rowsAtOnce = config.maxCandidates();
    }

    /**
     * @param commits acknowledged ones in the ledger
     * @param rows that they leave, deleted ones included
     * @param uncertain rows that a commit without a known outcome touched last; nothing is asked of them
     * @param unaccounted rows that the sink does not have as it must, and nothing explains
     */
    @RegisterForReflection
    record Result(
            Verdict status,
            String reason,
            Instant timestamp,
            long commits,
            long rows,
            long uncertain,
            long unaccounted,
            List<Unaccounted> examples) {}

    /** @param what is wrong with it, in words */
    @RegisterForReflection
    record Unaccounted(String table, String key, String what) {}

    Result check(Deadline deadline) {
        var account = new Account();
        try {
            var shares = 1;
            var first = read(new Ledger.Share(0, shares), deadline);
            while (first.isTooLarge()) {
                shares *= 2;
                first = read(new Ledger.Share(0, shares), deadline);
            }
            if (first.acknowledged() == 0) {
                throw new CheckImpossible("the ledger has no acknowledged commit");
            }
            account.add(first, deadline);
            for (var number = 1; number < shares; number++) {
                account.add(read(new Ledger.Share(number, shares), deadline), deadline);
            }
            return account.unaccounted == 0
                    ? account.result(Verdict.PASS, null)
                    : account.result(
                            Verdict.FAIL,
                            "%d rows of acknowledged commits are not accounted for".formatted(account.unaccounted));
        } catch (CheckImpossible e) {
            return account.result(Verdict.UNKNOWN, e.getMessage());
        } catch (FenceNotReached e) {
            return account.result(Verdict.UNKNOWN, "the fence was not reached: " + e.getMessage());
        }
    }

    private Ledger read(Ledger.Share share, Deadline deadline) {
        // The first share decides how many there are; the others are about as large.
        var ledger = new Ledger(share, share.number() == 0 ? rowsAtOnce : Integer.MAX_VALUE);
        reader.read(ledger, deadline);
        return ledger;
    }

    /** The sum of all shares. */
    private final class Account {
        private final List<Unaccounted> named = new ArrayList<>();
        private long commits;
        private long rows;
        private long uncertain;
        private long unaccounted;

        /** The fence comes after the ledger was read, so the sink must have all that stands in it. */
        private void add(Ledger ledger, Deadline deadline) {
            commits = Math.max(commits, ledger.acknowledged());
            rows += ledger.rows().size();
            uncertain += ledger.uncertain();
            var found = unaccounted(ledger, deadline);
            unaccounted += found.size();
            found.stream().limit(examples - named.size()).forEach(named::add);
        }

        private Result result(Verdict status, String reason) {
            return new Result(
                    status, reason, clock.instant(), commits, rows, uncertain, unaccounted, List.copyOf(named));
        }
    }

    private List<Unaccounted> unaccounted(Ledger ledger, Deadline deadline) {
        var shapes = schema.read(deadline);
        fence.pass(shapes.source().keySet(), deadline);
        var unaccounted = new ArrayList<Unaccounted>();
        var byTable = new TreeMap<TableId, Map<String, Long>>();
        ledger.rows()
                .forEach((row, version) -> byTable.computeIfAbsent(row.table(), absent -> new HashMap<>())
                        .put(row.key(), version));
        byTable.forEach((table, rows) -> {
            var source = shapes.source().get(table);
            if (source == null || !shapes.sink().containsKey(table)) {
                rows.forEach((key, version) ->
                        unaccounted.add(new Unaccounted(table.label(), key, "the table is not on both sides")));
            } else {
                unaccounted.addAll(ofTable(TablePair.of(source, shapes.sink().get(table)), rows, deadline));
            }
        });
        return unaccounted;
    }

    private List<Unaccounted> ofTable(TablePair pair, Map<String, Long> rows, Deadline deadline) {
        var atSink = versions(pair.id(), rows.keySet(), databases.sink(), deadline);
        var odd = new HashMap<List<String>, Long>();
        rows.forEach((key, version) -> {
            var found = atSink.getOrDefault(key, 0L);
            if (version == 0 ? found > 0 : found < version) {
                odd.put(List.of(key), version);
            }
        });
        if (odd.isEmpty()) {
            return List.of();
        }
        var events = new HashMap<List<String>, RowEvent>();
        var keys = new EventKeys(pair);
        var complete = scan.read(
                topics.of(pair.id()),
                Optional.empty(),
                deadline,
                record -> keys.of(record.key())
                        .filter(odd::containsKey)
                        .ifPresent(key -> RowEvent.of(record)
                                .ifPresent(event -> events.merge(key, event, (a, b) -> b.lsn() >= a.lsn() ? b : a))));
        if (!complete) {
            throw new CheckImpossible("the topic of " + pair.id().label() + " could not be read to its end in time");
        }
        var swept = newestSweptSnapshot(pair.id(), deadline);
        var atSource = versions(
                pair.id(), odd.keySet().stream().map(key -> key.get(0)).toList(), databases.source(), deadline);
        var unaccounted = new ArrayList<Unaccounted>();
        odd.forEach((parts, version) -> {
            var key = parts.get(0);
            var found = atSink.getOrDefault(key, 0L);
            var last = Optional.ofNullable(events.get(parts));
            var deleted = last.map(RowEvent::isDelete).orElse(false);
            var leftOut = !atSource.containsKey(key)
                    && swept > last.map(RowEvent::lsn).orElse(Long.MAX_VALUE);
            if (version == 0 && !deleted && last.isPresent()) {
                return; // Inserted again by somebody else.
            }
            if (version > 0 && found == 0 && (deleted || leftOut)) {
                return; // Deleted by somebody else: the topic says so, or a snapshot that did not hold it.
            }
            unaccounted.add(new Unaccounted(
                    pair.id().label(),
                    key,
                    version == 0
                            ? "deleted by an acknowledged commit, and the sink has version " + found
                            : found == 0
                                    ? "version %d was acknowledged, the sink has no such row%s"
                                            .formatted(
                                                    version,
                                                    last.isEmpty() ? ", and no event of it is in the topic" : "")
                                    : "version %d was acknowledged, the sink has %d".formatted(version, found)));
        });
        return unaccounted;
    }

    private static Map<String, Long> versions(
            TableId table, Collection<String> keys, Database side, Deadline deadline) {
        var all = List.copyOf(keys);
        return side.inSnapshot(deadline, session -> {
            var versions = new HashMap<String, Long>();
            for (var start = 0; start < all.size(); start += KEYS_IN_ONE_STATEMENT) {
                var part = all.subList(start, Math.min(all.size(), start + KEYS_IN_ONE_STATEMENT));
                session.rows(
                                "SELECT id::text, version::int8 FROM " + table.quoted()
                                        + " WHERE id = ANY ($1::uuid[])",
                                (Object) part.stream()
                                        .map(java.util.UUID::fromString)
                                        .toArray(java.util.UUID[]::new))
                        .forEach(row -> versions.put(row.getString(0), row.getLong(1)));
            }
            return versions;
        });
    }

    /** Lsn of the newest snapshot of the table after which the sink has removed what it did not hold; 0 for none. */
    private long newestSweptSnapshot(TableId table, Deadline deadline) {
        var snapshots = SinkBookkeeping.SNAPSHOTS.quoted();
        var known = databases
                .sink()
                .execute(deadline, "SELECT to_regclass($1) IS NOT NULL", snapshots)
                .get(0)
                .getBoolean(0);
        return known
                ? databases
                        .sink()
                        .execute(
                                deadline,
                                "SELECT coalesce(max(lsn), 0) FROM " + snapshots
                                        + " WHERE schema_name = $1 AND table_name = $2 AND swept_at IS NOT NULL",
                                table.schema(),
                                table.name())
                        .get(0)
                        .getLong(0)
                : 0;
    }
}
