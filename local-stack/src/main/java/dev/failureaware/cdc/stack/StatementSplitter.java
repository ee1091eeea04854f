package dev.failureaware.cdc.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Cuts SQL text at the semicolons that end statements: not those in quotes, dollar quotes or comments. */
final class StatementSplitter {
    private static final Pattern DOLLAR_TAG = Pattern.compile("\\$([A-Za-z_][A-Za-z_0-9]*)?\\$");

    private final StringBuilder pending = new StringBuilder();

    /** The statements that this text completes; the rest waits for more text. */
    List<String> add(String text) {
        pending.append(text);
        var statements = new ArrayList<String>();
        var start = 0;
        var at = 0;
        while (at < pending.length()) {
            var end = endOfQuoted(at);
            if (end < 0) {
                break;
            }
            if (end > at) {
                at = end;
                continue;
            }
            if (pending.charAt(at) == ';') {
                statements.add(pending.substring(start, at).strip());
                start = at + 1;
            }
            at++;
        }
        pending.delete(0, start);
        statements.removeIf(String::isEmpty);
        return statements;
    }

    /** What is left when the input has ended without a semicolon; empty for blanks. */
    String rest() {
        var rest = pending.toString().strip();
        pending.setLength(0);
        return rest;
    }

    boolean isEmpty() {
        return pending.toString().isBlank();
    }

    /** Behind the quoted text or comment that begins here; {@code at} when none does; -1 when it is not complete yet. */
    private int endOfQuoted(int at) {
        switch (pending.charAt(at)) {
            case '\'', '"':
                return behind(pending.substring(at, at + 1), at + 1);
            case '-':
                return pending.indexOf("--", at) == at ? behind("\n", at + 2) : at;
            case '/':
                return pending.indexOf("/*", at) == at ? behind("*/", at + 2) : at;
            case '$':
                var tag = DOLLAR_TAG.matcher(pending).region(at, pending.length());
                return tag.lookingAt() ? behind(tag.group(), tag.end()) : at;
            default:
                return at;
        }
    }

    private int behind(String mark, int from) {
        var found = pending.indexOf(mark, from);
        return found < 0 ? -1 : found + mark.length();
    }
}
