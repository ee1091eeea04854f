package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Decides about candidates under live writes: reads them at the source, passes a fence, reads them at the sink, and at the
 * source again; see {@link Look} for why that is exact. One fence serves all candidates of all tables.
 */
@ApplicationScoped
class SecondLooks {
    private static final int KEYS_IN_ONE_STATEMENT = 5000;
    /** Most rows come to rest for one of these. */
    private static final int QUIET_LOOKS = 1;

    private static final int MOST_CHASED = 1000;
    private static final Duration CHASE = Duration.ofSeconds(1);

    private final Databases databases;
    private final Fence fence;
    private final int looks;

    @Inject
    SecondLooks(Databases databases, Fence fence, VerifierConfig config) {
        this(databases, fence, config.looks());
    }

    SecondLooks(Databases databases, Fence fence, int looks) {
        this.databases = databases;
        this.fence = fence;
        this.looks = looks;
    }

    /** Looks until every candidate is settled or has been looked at often enough. What was settled stays so on failure. */
    void settle(Collection<TableCheck> checks, Effort effort, Deadline deadline) {
        var tables = checks.stream().map(check -> check.pair().id()).toList();
        for (var look = 0; look < looks; look++) {
            var open = new LinkedHashMap<TableCheck, List<Candidate>>();
            checks.stream()
                    .filter(check -> !check.unsettled().isEmpty())
                    .forEach(check -> open.put(check, check.unsettled()));
            if (open.isEmpty()) {
                return;
            }
            look(open, tables, effort, deadline);
            if (look >= QUIET_LOOKS) {
                chase(checks, tables, effort, deadline);
            }
        }
    }

    /**
     * For rows that are written so often that no look finds them at rest: both sides are read in turn as fast as they answer,
     * until the sink's row is one that the source was seen to have since a fence. That is equality as of a moment after the
     * fence; what was written since then is in flight. A row of the sink that is wrong never becomes equal like this.
     */
    private void chase(Collection<TableCheck> checks, Collection<TableId> tables, Effort effort, Deadline deadline) {
        var open = new LinkedHashMap<TableCheck, List<Candidate>>();
        for (var check : checks) {
            var changing =
                    check.unsettled().stream().limit(MOST_CHASED).collect(Collectors.toCollection(ArrayList::new));
            if (!changing.isEmpty()) {
                open.put(check, changing);
            }
        }
        if (open.isEmpty()) {
            return;
        }
        fence.pass(tables, deadline.orSooner(effort.fenceLimit()));
        var had = new HashMap<Candidate, Map<Long, Look.Seen>>();
        var end = deadline.orSooner(CHASE);
        while (!open.isEmpty() && !end.passed()) {
            var source = databases.source().inSnapshot(deadline, session -> seen(session, open, true));
            var sink = databases.sink().inSnapshot(deadline, session -> seen(session, open, false));
            open.forEach((check, candidates) -> {
                for (var i = candidates.size() - 1; i >= 0; i--) {
                    var versions = had.computeIfAbsent(candidates.get(i), absent -> new HashMap<>());
                    versions.put(source.get(check)[i].fingerprint(), source.get(check)[i]);
                    var atSink = sink.get(check)[i];
                    var same = versions.get(atSink.fingerprint());
                    if (same != null && same.rows() == atSink.rows()) {
                        candidates.get(i).seen(new Look(same, atSink, same));
                        candidates.remove(i);
                    }
                }
            });
            open.values().removeIf(List::isEmpty);
        }
    }

    private void look(
            Map<TableCheck, List<Candidate>> open, Collection<TableId> tables, Effort effort, Deadline deadline) {
        var before = databases.source().inSnapshot(deadline, session -> seen(session, open, true));
        fence.pass(tables, deadline.orSooner(effort.fenceLimit()));
        var atSink = databases.sink().inSnapshot(deadline, session -> seen(session, open, false));
        var after = databases.source().inSnapshot(deadline, session -> seen(session, open, true));
        open.forEach((check, candidates) -> {
            for (var i = 0; i < candidates.size(); i++) {
                candidates.get(i).seen(new Look(before.get(check)[i], atSink.get(check)[i], after.get(check)[i]));
            }
        });
    }

    private static Map<TableCheck, Look.Seen[]> seen(
            Database.Session session, Map<TableCheck, List<Candidate>> open, boolean source) {
        var seen = new HashMap<TableCheck, Look.Seen[]>();
        open.forEach((check, candidates) -> {
            var sql = source ? TableSql.ofSource(check.pair()) : TableSql.ofSink(check.pair());
            seen.put(check, seen(session, sql, candidates));
        });
        return seen;
    }

    private static Look.Seen[] seen(Database.Session session, TableSql sql, List<Candidate> candidates) {
        var seen = new Look.Seen[candidates.size()];
        Arrays.fill(seen, Look.Seen.NOTHING);
        for (var start = 0; start < candidates.size(); start += KEYS_IN_ONE_STATEMENT) {
            var end = Math.min(candidates.size(), start + KEYS_IN_ONE_STATEMENT);
            for (var row : session.rows(sql.look(keys(candidates.subList(start, end))))) {
                seen[start + row.getInteger(0) - 1] = new Look.Seen(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        }
        return seen;
    }

    /** Names some of the rows that differ, with their values as they are now. */
    void describe(Collection<TableCheck> checks, Deadline deadline) {
        for (var check : checks) {
            var chosen = check.wantedAsExamples();
            if (!chosen.isEmpty()) {
                var source = TableSql.ofSource(check.pair());
                var sink = TableSql.ofSink(check.pair());
                var values = databases.onBoth(
                        deadline, session -> values(session, source, chosen), session -> values(session, sink, chosen));
                var text = new DifferenceText(check.pair());
                for (var i = 0; i < chosen.size(); i++) {
                    check.example(text.of(
                            chosen.get(i), values.source().get(i), values.sink().get(i)));
                }
            }
        }
    }

    private static Map<Integer, String[]> values(Database.Session session, TableSql sql, List<Candidate> candidates) {
        var values = new HashMap<Integer, String[]>();
        for (var row : session.rows(sql.values(keys(candidates)))) {
            values.put(row.getInteger(0) - 1, row.getArrayOfStrings(1));
        }
        return values;
    }

    private static List<List<String>> keys(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::key).toList();
    }
}
