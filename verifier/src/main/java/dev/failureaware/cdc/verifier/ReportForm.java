package dev.failureaware.cdc.verifier;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** In which form a report is handed out. */
enum ReportForm {
    TEXT("text/plain;charset=UTF-8"),
    JSON("application/json"),
    HTML("text/html;charset=UTF-8"),
    JUNIT("application/xml;charset=UTF-8");

    private final String mediaType;

    ReportForm(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    /** As options name it; an unknown name is refused with those that there are. */
    static ReportForm named(String name) {
        return Arrays.stream(values())
                .filter(form -> form.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no form %s of a report, only %s"
                        .formatted(
                                name,
                                Arrays.stream(values())
                                        .map(form -> form.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", ")))));
    }
}
