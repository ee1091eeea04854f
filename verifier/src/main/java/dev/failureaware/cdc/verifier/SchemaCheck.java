package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares the shapes of the tables; drift that the sink could not know of yet is told from drift that it should have ended. */
@ApplicationScoped
class SchemaCheck {
    private final Databases databases;
    private final Fence fence;
    private final String publication;
    private final Set<TableId> excluded;

    SchemaCheck(Databases databases, Fence fence, VerifierConfig config) {
        this.databases = databases;
        this.fence = fence;
        this.publication = config.publication();
        this.excluded = excluded(config);
    }

    /** What is captured and no data. */
    static Set<TableId> excluded(VerifierConfig config) {
        return Stream.concat(
                        config.excludedTables().stream(),
                        Stream.of(config.markerTable()).filter(marker -> config.fence() == FenceKind.MARKER))
                .map(TableId::parse)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Drift of the captured tables, and the rows that a table missing at the sink has at the source. */
    record Found(Catalog.Shapes shapes, List<SchemaDrift> failed, List<SchemaDrift> pending, Map<TableId, Long> lost) {
        List<SchemaDrift> all() {
            var all = new ArrayList<>(failed);
            all.addAll(pending);
            return all;
        }

        Collection<TablePair> pairs() {
            return shapes.source().values().stream()
                    .filter(table -> shapes.sink().containsKey(table.id()))
                    .map(table -> TablePair.of(table, shapes.sink().get(table.id())))
                    .toList();
        }

        List<String> notes() {
            return pairs().stream()
                    .flatMap(pair -> SchemaDrift.notes(pair.source(), pair.sink()).stream())
                    .toList();
        }
    }

    Catalog.Shapes read(Deadline deadline) {
        var source = databases.source().inSnapshot(deadline, this::sourceShapes);
        if (source.isEmpty()) {
            throw new CheckImpossible("publication " + publication + " captures no table at the source");
        }
        return new Catalog.Shapes(source, atSink(source.keySet(), deadline));
    }

    /**
     * To be called when a fence was passed. Drift that is there then is judged by another fence: what tells of it must have
     * been committed before that fence, and it must still be there after it.
     */
    Found judge(Effort effort, Deadline deadline) {
        var shapes = read(deadline);
        var drifts = drifts(shapes);
        if (drifts.isEmpty()) {
            return new Found(shapes, List.of(), List.of(), Map.of());
        }
        var failed = new ArrayList<SchemaDrift>();
        var pending = new ArrayList<SchemaDrift>();
        var knowable = new ArrayList<SchemaDrift>();
        var rows = new HashMap<TableId, Long>();
        databases.source().inSnapshot(deadline, session -> {
            // The ages of columns and rows must come from one snapshot.
            for (var drift : drifts(new Catalog.Shapes(sourceShapes(session), shapes.sink()))) {
                if (drift.mustBeKnownToTheSink(Catalog.ageOfNewestRow(session, drift.table()))) {
                    knowable.add(drift);
                }
                if (drift.kind() == SchemaDrift.Kind.MISSING_TABLE) {
                    rows.put(
                            drift.table(),
                            session.rows("SELECT count(*) FROM " + drift.table().quoted())
                                    .get(0)
                                    .getLong(0));
                }
            }
            return null;
        });
        fence.pass(shapes.source().keySet(), deadline.orSooner(effort.fenceLimit()));
        var later = read(deadline);
        for (var drift : drifts(later)) {
            // Nothing to hold and nothing that tells of it: an empty table is equal to one that is not there.
            if (drift.kind() == SchemaDrift.Kind.MISSING_TABLE && rows.getOrDefault(drift.table(), 0L) == 0) {
                continue;
            }
            (knowable.stream().anyMatch(drift::sameAs) ? failed : pending).add(drift);
        }
        var lost = new TreeMap<TableId, Long>();
        failed.stream()
                .filter(drift -> drift.kind() == SchemaDrift.Kind.MISSING_TABLE)
                .forEach(drift -> lost.put(drift.table(), rows.get(drift.table())));
        return new Found(later, failed, pending, lost);
    }

    private SortedMap<TableId, TableShape> sourceShapes(Database.Session session) {
        return Catalog.ofSource(session, publication, excluded);
    }

    private SortedMap<TableId, TableShape> atSink(Collection<TableId> tables, Deadline deadline) {
        return databases.sink().inSnapshot(deadline, session -> Catalog.of(session, tables));
    }

    static List<SchemaDrift> drifts(Catalog.Shapes shapes) {
        return shapes.source().values().stream()
                .flatMap(table ->
                        SchemaDrift.between(
                                table, Optional.ofNullable(shapes.sink().get(table.id())))
                                .stream())
                .toList();
    }
}
