package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.model.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares two databases that nobody writes to: without a connector, a topic or a fence. What is written meanwhile may be
 * reported as a difference, so this is no proof about a pipeline that runs.
 */
final class RestingComparison {
    private static final Fence NOTHING_IN_FLIGHT = (tables, deadline) -> null;

    private final Databases databases;
    private final Comparison comparison;
    private final SecondLooks looks;
    private final RowEvidence evidence;
    private final int examples;
    private final Clock clock;

    RestingComparison(Databases databases, Comparison comparison, int examples, Clock clock) {
        this.databases = databases;
        this.comparison = comparison;
        this.looks = new SecondLooks(databases, NOTHING_IN_FLIGHT, 2);
        this.evidence = new RowEvidence(databases);
        this.examples = examples;
        this.clock = clock;
    }

    /** @param wanted empty for all tables of the source */
    Report compare(Collection<TableId> wanted, Effort effort) {
        var began = System.nanoTime();
        var deadline = Deadline.in(effort.limit());
        var judgement = new Judgement();
        try {
            compare(wanted, judgement, effort, deadline);
        } catch (CheckImpossible e) {
            judgement.interrupted(Verdict.UNKNOWN, e.getMessage());
        }
        return new Report(
                judgement.status(),
                judgement.reason(),
                clock.instant(),
                Duration.ofNanos(System.nanoTime() - began).toMillis(),
                null,
                judgement.tables(),
                judgement.checks(),
                Report.Summary.NOTHING_KNOWN,
                Report.Pipeline.NOTHING_KNOWN,
                judgement.failures(),
                List.of());
    }

    private void compare(Collection<TableId> wanted, Judgement judgement, Effort effort, Deadline deadline) {
        var tables = wanted.isEmpty() ? databases.source().inSnapshot(deadline, Catalog::all) : wanted;
        var known = databases.onBoth(
                deadline, session -> Catalog.of(session, tables), session -> Catalog.of(session, tables));
        for (var table : tables) {
            if (!known.source().containsKey(table)) {
                throw new CheckImpossible("the source has no table " + table.label());
            }
        }
        if (tables.isEmpty()) {
            throw new CheckImpossible("the source has no table");
        }
        judgement.tablesKnown(tables);
        var shapes = new Catalog.Shapes(known.source(), known.sink());
        var found = new SchemaCheck.Found(shapes, SchemaCheck.drifts(shapes), List.of(), lost(shapes, deadline));
        judgement.schema(found);
        var checks = new ArrayList<TableCheck>();
        var helper = new Comparison.Helper() {
            @Override
            public void passFence() {
                // Nothing is in flight.
            }

            @Override
            public void makeRoom(TableCheck full) {
                looks.settle(checks, effort, deadline);
                evidence.weigh(checks, deadline);
                looks.describe(checks, deadline);
                checks.forEach(TableCheck::forgetSettled);
            }
        };
        try {
            for (var pair : found.pairs()) {
                var check = new TableCheck(pair, examples);
                checks.add(check);
                comparison.compare(check, helper, deadline);
            }
            looks.settle(checks, effort, deadline);
            evidence.weigh(checks, deadline);
            looks.describe(checks, deadline);
        } finally {
            judgement.rows(checks);
        }
    }

    private Map<TableId, Long> lost(Catalog.Shapes shapes, Deadline deadline) {
        var lost = new TreeMap<TableId, Long>();
        shapes.source().keySet().stream()
                .filter(table -> !shapes.sink().containsKey(table))
                .forEach(table -> lost.put(
                        table,
                        databases
                                .source()
                                .inSnapshot(deadline, session -> session.rows("SELECT count(*) FROM " + table.quoted()))
                                .get(0)
                                .getLong(0)));
        return lost;
    }
}
