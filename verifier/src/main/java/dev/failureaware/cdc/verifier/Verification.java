package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import dev.failureaware.cdc.model.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** One verification: a fence, then the shapes of the tables, then their rows, looked at again until every difference is proven. */
@ApplicationScoped
class Verification {
    private static final Logger LOG = Logger.getLogger(Verification.class);
    /** A table that changes its shape in the middle of a comparison makes it start again, but not for ever. */
    private static final int STARTS = 3;
    /** A verdict that comes in the last moment must not lack the rows that it is about. */
    private static final Duration NAMING = Duration.ofSeconds(5);
    /** For what is reported beside the verdict. */
    private static final Duration SIDE_QUESTION = Duration.ofSeconds(3);

    private final Fence fence;
    private final SchemaCheck schema;
    private final CaptureCheck capture;
    private final Comparison comparison;
    private final SecondLooks secondLooks;
    private final RowEvidence evidence;
    private final SinkProgress progress;
    private final PipelineProbe pipeline;
    private final Topics topics;
    private final Clock clock;
    private final int maxCandidates;
    private final int examples;

    Verification(
            Fence fence,
            SchemaCheck schema,
            CaptureCheck capture,
            Comparison comparison,
            SecondLooks secondLooks,
            RowEvidence evidence,
            SinkProgress progress,
            PipelineProbe pipeline,
            Topics topics,
            Clock clock,
            VerifierConfig config) {
        this.fence = fence;
        this.schema = schema;
        this.capture = capture;
        this.comparison = comparison;
        this.secondLooks = secondLooks;
        this.evidence = evidence;
        this.progress = progress;
        this.pipeline = pipeline;
        this.topics = topics;
        this.clock = clock;
        this.maxCandidates = config.maxCandidates();
        this.examples = config.examples();
    }

    /**
     * Always ends in a report, at about the effort's limit at the latest, or some seconds later when rows that are proven to differ
     * are to be named; its history is empty.
     */
    Report verify(Effort effort) {
        var began = System.nanoTime();
        var deadline = Deadline.in(effort.limit());
        var run = new Run();
        for (var start = 1; ; start++) {
            try {
                check(run, effort, deadline);
                break;
            } catch (CheckImpossible.ShapeChanged e) {
                if (start < STARTS) {
                    LOG.debugf("The comparison starts again: %s", e.getMessage());
                    run = new Run();
                    continue;
                }
                run.judgement.interrupted(Verdict.UNKNOWN, e.getMessage());
                break;
            } catch (CheckImpossible e) {
                run.judgement.interrupted(Verdict.UNKNOWN, e.getMessage());
                break;
            } catch (FenceNotReached e) {
                interrupted(run, e, effort);
                break;
            } catch (RuntimeException e) {
                // A mistake in this program. Without a report the last one, perhaps a PASS, would stand.
                LOG.error("The verification has failed", e);
                run.judgement.interrupted(Verdict.UNKNOWN, "internal error of the verifier: " + e);
                break;
            }
        }
        stopped(run);
        return report(run, Duration.ofNanos(System.nanoTime() - began));
    }

    /** Also where no fence was reached: this may be why. */
    private void stopped(Run run) {
        try {
            run.judgement.stopped(progress.stopped(Deadline.in(SIDE_QUESTION)));
        } catch (CheckImpossible e) {
            LOG.debugf("Which tables are stopped is not known: %s", e.getMessage());
        }
    }

    /** What is known so far; whatever ends the work early leaves the rest as it is. */
    private static final class Run {
        private final Judgement judgement = new Judgement();
        private final List<TableCheck> compared = new ArrayList<>();
        private Fence.Passed fence;
        private Long parked;

        private int candidates() {
            return compared.stream()
                    .mapToInt(check -> check.candidates().size())
                    .sum();
        }
    }

    private void check(Run run, Effort effort, Deadline deadline) {
        var tables = schema.read(deadline).source().keySet();
        run.judgement.tablesKnown(tables);
        run.fence = fence.pass(tables, deadline.orSooner(effort.fenceLimit()));
        var shapes = schema.judge(effort, deadline);
        run.judgement.schema(shapes);
        run.judgement.capture(capture.check(tables, deadline));
        var helper = helper(run, tables, effort, deadline);
        try {
            for (var pair : shapes.pairs()) {
                var compared = new TableCheck(pair, examples);
                run.compared.add(compared);
                comparison.compare(compared, helper, deadline);
                if (run.candidates() >= maxCandidates) {
                    helper.makeRoom(compared);
                }
            }
            settle(run, effort, deadline);
        } finally {
            run.judgement.rows(run.compared);
        }
        var parked = progress.parked(deadline);
        run.parked = parked.stream().mapToLong(SinkProgress.Parked::records).sum();
        run.judgement.parked(parked, topics);
    }

    /** Decides about all candidates, and names some of the rows that differ. */
    private void settle(Run run, Effort effort, Deadline deadline) {
        secondLooks.settle(run.compared, effort, deadline);
        var toName = deadline.orLater(NAMING);
        evidence.weigh(run.compared, toName);
        secondLooks.describe(run.compared, toName);
    }

    private Comparison.Helper helper(Run run, Collection<TableId> tables, Effort effort, Deadline deadline) {
        return new Comparison.Helper() {
            @Override
            public void passFence() {
                fence.pass(tables, deadline.orSooner(effort.fenceLimit()));
            }

            @Override
            public void makeRoom(TableCheck full) {
                settle(run, effort, deadline);
                run.compared.forEach(TableCheck::forgetSettled);
            }
        };
    }

    /** Events in flight explain a late fence only where the pipeline is known to move. */
    private void interrupted(Run run, FenceNotReached late, Effort effort) {
        var connector = pipeline.connector();
        var verdict = switch (late.waitedFor()) {
            case SINK -> effort.whenSinkIsLate();
            case CONNECTOR ->
                connector.map(Report.Connector::running).orElse(false) ? effort.whenSinkIsLate() : Verdict.UNKNOWN;
            case NOBODY_KNOWS -> Verdict.UNKNOWN;
        };
        var reason = "the fence was not reached: " + late.getMessage();
        if (late.waitedFor() == FenceNotReached.WaitedFor.CONNECTOR) {
            reason += connector
                    .map(known -> "; connector " + known.state() + ", tasks " + known.tasks())
                    .orElse("; the connector's state is not known");
        }
        run.judgement.interrupted(verdict, reason);
    }

    private Report report(Run run, Duration took) {
        var judgement = run.judgement;
        var tables = judgement.tables();
        var state = pipeline.state(run.parked);
        var lag = state.partitions() == null
                ? null
                : state.partitions().stream().mapToLong(Lag.OfPartition::events).sum();
        var duplicates = known(() -> progress.duplicatesAbsorbed(Deadline.in(SIDE_QUESTION)));
        return new Report(
                judgement.status(),
                judgement.reason(),
                clock.instant(),
                took.toMillis(),
                run.fence == null
                        ? null
                        : new Report.Fence(
                                run.fence.lsn().toString(),
                                run.fence.committedAt(),
                                run.fence.reachedAfter().toMillis()),
                tables,
                judgement.checks(),
                new Report.Summary(
                        total(tables.values(), table -> table.counts().source()),
                        total(tables.values(), table -> table.counts().sink()),
                        total(tables.values(), Report.Table::missing),
                        total(tables.values(), Report.Table::orphans),
                        total(tables.values(), Report.Table::mismatches),
                        lag,
                        duplicates,
                        run.parked),
                state,
                judgement.failures(),
                List.of());
    }

    private static Long known(Supplier<Long> number) {
        try {
            return number.get();
        } catch (CheckImpossible e) {
            return null;
        }
    }

    /** Unknown as soon as one part is unknown, and of no tables at all. */
    private static Long total(Collection<Report.Table> tables, Function<Report.Table, Long> number) {
        var sum = 0L;
        for (var table : tables) {
            var part = number.apply(table);
            if (part == null) {
                return null;
            }
            sum += part;
        }
        return tables.isEmpty() ? null : sum;
    }
}
