package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** How the connector wrote a column's values into JSON. */
public interface TextForm {

    /** The value in PostgreSQL's text form, null for JSON null, or {@link ValueForm#UNAVAILABLE}. */
    String text(JsonNode value);

    /** The same for the value that the parser is at; leaves the parser at its last token. */
    default String read(JsonParser parser) throws IOException {
        return text(parser.<JsonNode>readValueAsTree());
    }
}
