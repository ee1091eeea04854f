package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.JsonNode;

/** How the connector wrote a column's values into JSON. */
public interface TextForm {

    /** The value in PostgreSQL's text form, null for JSON null, or {@link ValueForm#UNAVAILABLE}. */
    String text(JsonNode value);
}
