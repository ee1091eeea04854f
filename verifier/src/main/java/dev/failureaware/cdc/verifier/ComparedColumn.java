package dev.failureaware.cdc.verifier;

import static dev.failureaware.cdc.model.Identifiers.quote;

import java.util.stream.Stream;

/**
 * A column that both sides have.
 *
 * @param nullableAtSink the sink's catalog allows null
 */
record ComparedColumn(String name, boolean nullableAtSink, Canonical canonical) {
    static ComparedColumn of(Column source, Column sink) {
        return new ComparedColumn(source.name(), !sink.notNull(), Canonical.of(source.base(), sink.base()));
    }

    Stream<String> hashed() {
        return canonical.hashed().stream().map(template -> Canonical.in(template, reference()));
    }

    String text() {
        return Canonical.in(canonical.text(), reference());
    }

    String reference() {
        return "t." + quote(name);
    }
}
