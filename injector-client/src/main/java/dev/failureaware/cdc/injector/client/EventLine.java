package dev.failureaware.cdc.injector.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** One of the injector's events for the terminal. */
public final class EventLine {
    /** The rest is in the report. */
    private static final int LONGEST_TEXT = 300;

    private EventLine() {}

    public static String of(JsonNode event) {
        return String.format(
                        Locale.ROOT,
                        "%7.1f s  %-20s %-9s %s",
                        event.path("t_seconds").asDouble(),
                        event.path("failure").asText("").replace("null", ""),
                        event.path("phase").asText(),
                        cut(event.path("text").asText()))
                .stripTrailing();
    }

    private static String cut(String text) {
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + " …" : text;
    }
}
