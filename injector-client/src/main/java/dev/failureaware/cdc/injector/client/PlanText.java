package dev.failureaware.cdc.injector.client;

import com.fasterxml.jackson.databind.JsonNode;

/** What a run would do, for the terminal. */
public final class PlanText {
    private PlanText() {}

    public static String of(JsonNode plan) {
        var text = new StringBuilder();
        text.append("plan of %s on %s; nothing was touched\n"
                .formatted(plan.path("scenario").asText(), plan.path("platform").asText()));
        for (var failure : plan.path("failures")) {
            text.append("  t=%ss %s (%s)\n"
                    .formatted(
                            failure.path("due_seconds").asText().replaceAll("\\.0$", ""),
                            failure.path("id").asText(),
                            failure.path("type").asText()));
            lines(text, "do", failure.path("acts"));
            lines(text, "undo", failure.path("undo"));
            lines(text, "needs", failure.path("needs"));
        }
        if (!plan.path("possible").asBoolean()) {
            text.append("it cannot be run:\n");
            plan.path("lacking")
                    .forEach(lack -> text.append("  ").append(lack.asText()).append('\n'));
        }
        return text.toString();
    }

    private static void lines(StringBuilder text, String label, JsonNode lines) {
        var before = label;
        for (var line : lines) {
            text.append("      %-6s %s\n".formatted(before, line.asText()));
            before = "";
        }
    }
}
