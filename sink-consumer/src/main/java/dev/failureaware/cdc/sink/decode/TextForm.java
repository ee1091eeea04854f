package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;

/** How the connector wrote a column's values into JSON. */
public interface TextForm {

    /** The value in PostgreSQL's text form, null for JSON null, or {@link ValueForm#UNAVAILABLE}. */
    String text(JsonNode value);

    /** The same for a string. */
    default String ofText(String value) {
        return text(TextNode.valueOf(value));
    }

    /** The same for a whole number of 64 bits, as JSON writes it. */
    default String ofInteger(String digits) {
        return text(LongNode.valueOf(Long.parseLong(digits)));
    }

    /** The same for the value that the parser is at; leaves the parser at its last token. */
    default String read(JsonParser parser) throws IOException {
        return text(parser.<JsonNode>readValueAsTree());
    }
}
