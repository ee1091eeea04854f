package dev.failureaware.cdc.injector.client;

import java.util.ArrayList;
import java.util.List;

/** Text in aligned columns; columns whose values are all numbers stand to the right. */
public final class Table {
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(List<String> header) {
        this.header = header;
    }

    public Table(String... header) {
        this(List.of(header));
    }

    public Table row(List<String> cells) {
        rows.add(cells);
        return this;
    }

    public Table row(String... cells) {
        return row(List.of(cells));
    }

    public int size() {
        return rows.size();
    }

    public String text() {
        var widths = new int[header.size()];
        var numeric = new boolean[header.size()];
        for (var column = 0; column < widths.length; column++) {
            var at = column;
            widths[column] = Math.max(
                    header.get(column).length(),
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0));
            numeric[column] =
                    !rows.isEmpty() && rows.stream().allMatch(row -> row.get(at).matches("-?[0-9][0-9.,]*|-?"));
        }
        var text = new StringBuilder();
        append(text, header, widths, numeric);
        for (var column = 0; column < widths.length; column++) {
            text.append(column == 0 ? "" : "  ").append("-".repeat(widths[column]));
        }
        text.append('\n');
        rows.forEach(row -> append(text, row, widths, numeric));
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> cells, int[] widths, boolean[] numeric) {
        var line = new StringBuilder();
        for (var column = 0; column < widths.length; column++) {
            var padding = " ".repeat(widths[column] - cells.get(column).length());
            line.append(column == 0 ? "" : "  ")
                    .append(numeric[column] ? padding + cells.get(column) : cells.get(column) + padding);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
