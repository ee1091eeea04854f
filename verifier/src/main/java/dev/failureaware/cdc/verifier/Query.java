package dev.failureaware.cdc.verifier;

import java.util.ArrayList;
import java.util.List;

/** SQL text under construction, with the values of its parameters {@code $1}, {@code $2} … */
final class Query {
    private final StringBuilder sql = new StringBuilder();
    private final List<Object> parameters = new ArrayList<>();

    Query add(String text) {
        sql.append(text);
        return this;
    }

    /** The place of a new parameter, to be put into the text. */
    String parameter(Object value) {
        parameters.add(value);
        return "$" + parameters.size();
    }

    String sql() {
        return sql.toString();
    }

    Object[] parameters() {
        return parameters.toArray();
    }
}
