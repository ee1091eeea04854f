package dev.failureaware.cdc.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One node of a JSON document together with its path. Reading a wrong value notes the problem and answers a stand-in, so that
 * all problems of a document are found in one pass; the stand-ins are thrown away with the document.
 */
final class JsonFields {
    private static final Pattern TABLE = Pattern.compile("[^.\\s\"']+(\\.[^.\\s\"']+)?");
    private static final Pattern COLUMN = Pattern.compile("[a-z_][a-z0-9_]{0,58}");
    private static final int MAX_SHOWN = 120;

    private final String file;
    private final String path;
    private final JsonNode node;
    private final List<Problem> problems;
    private final List<Problem> warnings;

    JsonFields(String file, String path, JsonNode node) {
        this(file, path, node, new ArrayList<>(), new ArrayList<>());
    }

    private JsonFields(String file, String path, JsonNode node, List<Problem> problems, List<Problem> warnings) {
        this.file = file;
        this.path = path;
        this.node = node;
        this.problems = problems;
        this.warnings = warnings;
    }

    List<Problem> problems() {
        return problems;
    }

    List<Problem> warnings() {
        return warnings;
    }

    String path() {
        return path;
    }

    boolean isObject() {
        return node.isObject();
    }

    /** Whether the field is there; an explicit null counts as absent. */
    boolean has(String name) {
        return node.hasNonNull(name);
    }

    void onlyKnown(String... known) {
        var names = Set.of(known);
        node.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                warnings.add(
                        new Problem(file, child(name), "unknown field, ignored", String.join(", ", List.of(known))));
            }
        });
    }

    String text(String name, String allowed) {
        var value = node.path(name);
        if (value.isTextual() && !value.textValue().isBlank()) {
            return value.textValue();
        }
        refuse(name, allowed);
        return "";
    }

    String textOr(String name, String fallback) {
        var value = node.path(name);
        if (!has(name) || value.isTextual()) {
            return value.asText(fallback);
        }
        refuse(name, "a text");
        return fallback;
    }

    String textOrNumberOr(String name, String fallback) {
        return node.path(name).isNumber() ? node.path(name).asText() : textOr(name, fallback);
    }

    double numberOr(String name, double fallback, double min, double max) {
        var value = node.path(name);
        if (!has(name)) {
            return fallback;
        }
        if (value.isNumber() && value.doubleValue() >= min && value.doubleValue() <= max) {
            return value.doubleValue();
        }
        refuse(name, "a number of seconds from %s to %s".formatted(plain(min), plain(max)));
        return fallback;
    }

    int integerOr(String name, int fallback, int min, int max) {
        var value = node.path(name);
        if (!has(name)) {
            return fallback;
        }
        // 20.0 is a whole number too.
        if (value.isNumber()
                && value.doubleValue() == Math.rint(value.doubleValue())
                && value.doubleValue() >= min
                && value.doubleValue() <= max) {
            return value.intValue();
        }
        refuse(name, "a whole number from %d to %d".formatted(min, max));
        return fallback;
    }

    String columnOr(String name, String fallback) {
        var value = node.path(name);
        if (!has(name)) {
            return fallback;
        }
        if (value.isTextual()
                && COLUMN.matcher(value.textValue()).matches()
                && !value.textValue().startsWith("_cdc_")) {
            return value.textValue();
        }
        refuse(
                name,
                "a column name of a-z, 0-9 and _ that does not begin with a digit or _cdc_, 59 characters at most");
        return fallback;
    }

    Optional<String> tableName() {
        if (node.isTextual() && TABLE.matcher(node.textValue()).matches()) {
            return Optional.of(node.textValue());
        }
        refuse("a table as name or schema.name");
        return Optional.empty();
    }

    JsonFields object(String name, String allowed) {
        if (!node.path(name).isObject()) {
            refuse(name, allowed);
        }
        return at(child(name), node.path(name));
    }

    /** One without any field where there is none. */
    JsonFields objectOrNone(String name) {
        return has(name) ? object(name, "an object") : at(child(name), MissingNode.getInstance());
    }

    /** The elements of a list that must not be empty. */
    List<JsonFields> items(String name, String allowed) {
        var list = node.path(name);
        if (!list.isArray() || list.isEmpty()) {
            refuse(name, allowed);
            return List.of();
        }
        var items = new ArrayList<JsonFields>();
        for (var item : list) {
            items.add(at("%s[%d]".formatted(child(name), items.size()), item));
        }
        return items;
    }

    void refuse(String name, String allowed) {
        problems.add(new Problem(file, child(name), shown(node.path(name)), allowed));
    }

    void refuse(String allowed) {
        problems.add(new Problem(file, path, shown(node), allowed));
    }

    private JsonFields at(String childPath, JsonNode child) {
        return new JsonFields(file, childPath, child, problems, warnings);
    }

    private String child(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String shown(JsonNode value) {
        if (value.isMissingNode()) {
            return "missing";
        }
        var text = value.toString();
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }
}
