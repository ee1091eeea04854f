package dev.failureaware.cdc.sink.decode;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/** Values in PostgreSQL's text form; a list like any other, whose hash is computed once. The array must not change. */
final class TextRow extends AbstractList<String> implements RandomAccess {
    private final String[] values;
    private int hash;

    TextRow(String[] values) {
        this.values = values;
    }

    @Override
    public String get(int index) {
        return values[index];
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public int hashCode() {
        // As every list's; 0 is computed again each time, which is as right.
        if (hash == 0) {
            hash = Arrays.hashCode(values);
        }
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TextRow row ? Arrays.equals(values, row.values) : super.equals(other);
    }
}
