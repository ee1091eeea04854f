package dev.failureaware.cdc.verifier;

import dev.failureaware.cdc.model.TableId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds tables of the source that nobody carries to the sink: not in the publication, left out by the connector, or with a
 * replica identity that Debezium makes wrong keys of.
 */
@ApplicationScoped
class CaptureCheck {
    /** Of partitioned tables the partitions, which are captured when any ancestor is; without those of extensions. */
    private static final String UNPUBLISHED = """
            WITH published AS (
                SELECT c.oid FROM pg_publication_tables p JOIN pg_namespace n ON n.nspname = p.schemaname
                JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename WHERE p.pubname = $1)
            SELECT n.nspname::text, c.relname::text, pg_relation_size(c.oid) > 0
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence = 'p'
              AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
              AND c.oid NOT IN (SELECT oid FROM published)
              AND NOT EXISTS (SELECT FROM pg_partition_ancestors(c.oid) a WHERE a IN (SELECT oid FROM published))
            ORDER BY 1, 2""";

    /**
     * The server then sends the columns of that index in place of the primary key's. With an integer as
     * key, Debezium 3.7 was seen to send deletes of the row with key 0, and no delete of the old row where a key changed.
     */
    private static final String OTHER_IDENTITY = """
            SELECT n.nspname::text, c.relname::text, i.relname::text
            FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
              JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relreplident = 'i' AND x.indisreplident AND NOT x.indisprimary
              AND EXISTS (SELECT FROM pg_index k WHERE k.indrelid = c.oid AND k.indisprimary)
            ORDER BY 1, 2""";

    private final Databases databases;
    private final PipelineProbe pipeline;
    private final Topics topics;
    private final Backlog backlog;
    private final String publication;
    private final Set<TableId> excluded;
    private final List<Pattern> uncaptured;
    private final boolean followsTopics;

    CaptureCheck(Databases databases, PipelineProbe pipeline, Topics topics, Backlog backlog, VerifierConfig config) {
        this.databases = databases;
        this.pipeline = pipeline;
        this.topics = topics;
        this.backlog = backlog;
        this.publication = config.publication();
        this.excluded = SchemaCheck.excluded(config);
        this.followsTopics = config.fence() == FenceKind.MESSAGE;
        this.uncaptured = patterns(config.uncapturedTables().orElse(List.of()).stream());
    }

    /** @param table without a way to the sink */
    record Uncaptured(TableId table, String why) {}

    /** @param notes what loses nothing so far */
    record Found(List<Uncaptured> uncaptured, List<String> notes) {}

    /** @param captured by the publication */
    Found check(Collection<TableId> captured, Deadline deadline) {
        var found = new ArrayList<Uncaptured>();
        var notes = new ArrayList<String>();
        for (var row : databases.source().execute(deadline, UNPUBLISHED, publication)) {
            var table = new TableId(row.getString(0), row.getString(1));
            if (excluded.contains(table) || matches(uncaptured, table)) {
                continue;
            }
            var why = "not in publication " + publication;
            if (row.getBoolean(2)) {
                found.add(new Uncaptured(table, why));
            } else {
                notes.add(table.label() + ": " + why + ", and has no rows");
            }
        }
        if (followsTopics) {
            for (var row : databases.source().execute(deadline, OTHER_IDENTITY)) {
                var table = new TableId(row.getString(0), row.getString(1));
                if (captured.contains(table)) {
                    found.add(new Uncaptured(
                            table,
                            ("REPLICA IDENTITY USING INDEX %s, which is not the primary key: deletes and changed keys reach"
                                            + " Kafka with a wrong key; set it to DEFAULT or FULL")
                                    .formatted(row.getString(2))));
                }
            }
        }
        pipeline.connectorSettings()
                .ifPresent(settings -> captured.stream()
                        .filter(table -> !isIncluded(table, settings))
                        .forEach(table -> found.add(new Uncaptured(
                                table, "left out by the connector's settings (table.include.list and the like)"))));
        var known = backlog.partitions().stream()
                .map(partition -> partition.topic())
                .collect(Collectors.toSet());
        captured.stream()
                .filter(table -> followsTopics && !known.contains(topics.of(table)))
                .forEach(table ->
                        notes.add(table.label() + ": no event yet, topic " + topics.of(table) + " does not exist"));
        return new Found(found, notes);
    }

    /** As Debezium reads these lists: expressions that have to match all of the name, in any case. */
    static boolean isIncluded(TableId table, Map<String, String> settings) {
        var name = table.schema() + "." + table.name();
        if (name.equals(settings.get("signal.data.collection"))) {
            return true;
        }
        return listed(settings, "schema.include.list", table.schema()).orElse(true)
                && !listed(settings, "schema.exclude.list", table.schema()).orElse(false)
                && listed(settings, "table.include.list", name).orElse(true)
                && !listed(settings, "table.exclude.list", name).orElse(false);
    }

    private static Optional<Boolean> listed(Map<String, String> settings, String list, String name) {
        return Optional.ofNullable(settings.get(list))
                .filter(expressions -> !expressions.isBlank())
                .map(expressions -> patterns(Stream.of(expressions.split(","))).stream()
                        .anyMatch(pattern -> pattern.matcher(name).matches()));
    }

    private static boolean matches(List<Pattern> patterns, TableId table) {
        return patterns.stream()
                .anyMatch(pattern ->
                        pattern.matcher(table.schema() + "." + table.name()).matches());
    }

    private static List<Pattern> patterns(Stream<String> expressions) {
        return expressions
                .map(String::strip)
                .filter(expression -> !expression.isEmpty())
                .map(CaptureCheck::pattern)
                .toList();
    }

    private static Pattern pattern(String expression) {
        try {
            return Pattern.compile(expression, Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "%s is no regular expression: %s"
                            .formatted(expression, e.getDescription().toLowerCase(Locale.ROOT)),
                    e);
        }
    }
}
