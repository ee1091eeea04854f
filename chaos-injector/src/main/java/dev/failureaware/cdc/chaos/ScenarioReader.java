package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * Reads a scenario and finds everything that is wrong with it at once, before anything is started.
 *
 * <p>What is allowed stands in {@code scenario.schema.json} too, for editors and people; {@code ScenarioSchemaTest} holds both
 * to the same documents. The messages here say more than a validator's. What only this reader sees: that an id occurs twice.
 *
 * <p>The format is that of the original project's file, which must run unchanged: fields that are not known are reported as
 * warnings and ignored; a value that is known and impossible is an error.
 */
final class ScenarioReader {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();
    private static final double MAX_DELAY_SECONDS = 86_400;
    private static final double MAX_DURATION_SECONDS = 3_600;
    private static final int MAX_ROWS = 10_000;

    private ScenarioReader() {}

    /** A valid scenario, and what was ignored in it. */
    record Reading(Scenario scenario, List<Problem> warnings) {}

    static Reading read(Path file) throws ScenarioException {
        var name = file.toString();
        if (Files.isDirectory(file)) {
            throw unreadable(name, "a folder", "a JSON file");
        }
        if (!Files.exists(file)) {
            throw unreadable(name, "no such file", "an existing JSON file");
        }
        try {
            return read(name, Files.readString(file));
        } catch (CharacterCodingException e) {
            throw unreadable(name, "not UTF-8 text", "JSON in UTF-8");
        } catch (IOException e) {
            throw unreadable(name, "cannot be read (" + e + ")", "a readable JSON file");
        }
    }

    /** @param name what messages call the text */
    static Reading read(String name, String text) throws ScenarioException {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            var where = at == null ? "" : "line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
            throw new ScenarioException(List.of(new Problem(name, where, e.getOriginalMessage(), "valid JSON")));
        }
        var fields = new JsonFields(name, "", root);
        if (!fields.isObject()) {
            throw new ScenarioException(List.of(new Problem(
                    name, "", root.isMissingNode() ? "empty" : root.toString(), "a JSON object with failures")));
        }
        var scenario = scenario(fields);
        if (!fields.problems().isEmpty()) {
            throw new ScenarioException(fields.problems());
        }
        return new Reading(scenario, List.copyOf(fields.warnings()));
    }

    private static Scenario scenario(JsonFields fields) {
        fields.onlyKnown("$schema", "id", "name", "description", "version", "failures", "verification");
        var id = fields.text("id", "a text that is not empty");
        return new Scenario(
                id,
                fields.textOr("name", id),
                fields.textOr("description", ""),
                fields.textOrNumberOr("version", ""),
                failures(fields),
                verification(fields));
    }

    private static List<Scenario.Failure> failures(JsonFields fields) {
        var failures = new ArrayList<Scenario.Failure>();
        var seen = new HashMap<String, String>();
        for (var item : fields.items("failures", "a list of at least one failure")) {
            if (!item.isObject()) {
                item.refuse("an object with id and type");
                continue;
            }
            var failure = failure(item);
            failures.add(failure);
            var first = seen.putIfAbsent(failure.id(), item.path());
            if (first != null && !failure.id().isEmpty()) {
                item.refuse("id", "an id of its own; " + first + ".id is the same");
            }
        }
        return failures;
    }

    private static Scenario.Failure failure(JsonFields fields) {
        fields.onlyKnown(
                "id",
                "type",
                "delay_seconds",
                "description",
                "expected_outcome",
                "duration_seconds",
                "rows",
                "column",
                "parameters");
        var id = fields.text("id", "a text that is not empty");
        var typeName = fields.text("type", FaultType.allowed());
        var type = FaultType.of(typeName);
        if (type.isEmpty() && !typeName.isEmpty()) {
            fields.refuse("type", FaultType.allowed());
        }
        // What stands here is the default of what stands beside the other fields.
        var parameters = fields.objectOrNone("parameters");
        parameters.onlyKnown("duration_seconds", "rows", "column");
        return new Scenario.Failure(
                id,
                // Never used: a file without a known type is refused.
                type.orElse(FaultType.RESTART),
                fields.numberOr("delay_seconds", 0, 0, MAX_DELAY_SECONDS),
                fields.textOr("description", ""),
                fields.textOr("expected_outcome", ""),
                hold(fields, hold(parameters, Scenario.DEFAULT_HOLD.toSeconds())),
                rows(fields, rows(parameters, Scenario.DEFAULT_ROWS)),
                fields.columnOr("column", parameters.columnOr("column", Scenario.DEFAULT_COLUMN)));
    }

    private static double hold(JsonFields fields, double fallback) {
        return fields.numberOr("duration_seconds", fallback, 0.001, MAX_DURATION_SECONDS);
    }

    private static int rows(JsonFields fields, int fallback) {
        return fields.integerOr("rows", fallback, 1, MAX_ROWS);
    }

    private static Scenario.Verification verification(JsonFields root) {
        var byDefault = Scenario.Verification.byDefault();
        if (!root.has("verification")) {
            return byDefault;
        }
        var fields = root.object("verification", "an object with tables, tolerance_seconds and checks");
        if (!fields.isObject()) {
            return byDefault;
        }
        fields.onlyKnown("tables", "comparison_mode", "tolerance_seconds", "checks");
        return new Scenario.Verification(
                fields.has("tables") ? tables(fields) : byDefault.tables(),
                fields.has("comparison_mode")
                        ? fields.text("comparison_mode", "a text that is not empty")
                        : byDefault.comparisonMode(),
                fields.numberOr("tolerance_seconds", byDefault.toleranceSeconds(), 0.001, MAX_DURATION_SECONDS),
                fields.has("checks") ? checks(fields) : byDefault.checks());
    }

    private static List<String> tables(JsonFields fields) {
        var tables = new ArrayList<String>();
        for (var item : fields.items("tables", "a list of at least one table name")) {
            item.tableName().ifPresent(tables::add);
        }
        return tables;
    }

    private static List<Scenario.Check> checks(JsonFields fields) {
        var checks = new ArrayList<Scenario.Check>();
        var allowed = "one of " + String.join(", ", Scenario.Check.NAMES);
        for (var item : fields.items("checks", "a list of at least one check")) {
            if (!item.isObject()) {
                item.refuse("an object with a name, " + allowed);
                continue;
            }
            item.onlyKnown("name", "description");
            var name = item.text("name", allowed);
            if (!name.isEmpty() && !Scenario.Check.NAMES.contains(name)) {
                item.refuse("name", allowed);
            }
            checks.add(new Scenario.Check(name, item.textOr("description", "")));
        }
        return checks;
    }

    private static ScenarioException unreadable(String name, String value, String allowed) {
        return new ScenarioException(List.of(new Problem(name, "", value, allowed)));
    }
}
