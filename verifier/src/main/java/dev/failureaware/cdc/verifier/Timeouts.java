package dev.failureaware.cdc.verifier;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/** Reads the timeouts that callers give. */
final class Timeouts {
    static final Duration LONGEST = Duration.ofHours(1);
    static final String ALLOWED = "allowed is a time above 0 and up to 1 hour, like 60s, 500ms, 2m or PT60S";
    private static final Pattern SHORT_FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private Timeouts() {}

    /** Fails with {@link IllegalArgumentException}, whose message says what is allowed. */
    static Duration parse(String text) {
        var trimmed = text.trim();
        var timeout = parseForm(trimmed);
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
            throw refused(text);
        }
        return timeout;
    }

    private static Duration parseForm(String text) {
        var form = SHORT_FORM.matcher(text);
        if (form.matches()) {
            var number = Long.parseLong(form.group(1));
            return switch (form.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException | ArithmeticException e) {
            throw refused(text);
        }
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException("timeout '" + text + "': " + ALLOWED);
    }
}
