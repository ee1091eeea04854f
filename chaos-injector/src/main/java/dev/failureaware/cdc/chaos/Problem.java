package dev.failureaware.cdc.chaos;

/**
 * Something wrong with a scenario.
 *
 * @param file where it was read from
 * @param path which part, for instance {@code failures[2].type}, or the line and column when it is no JSON; empty for all of it
 * @param value what stands there, as JSON; {@code missing} when nothing does
 * @param allowed what may stand there
 */
record Problem(String file, String path, String value, String allowed) {

    String message() {
        var where = path.isEmpty() ? file : file + ": " + path;
        return "%s: %s; allowed: %s".formatted(where, value, allowed);
    }
}
