package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.JsonNode;

/** An array of one dimension; Debezium does not carry others: see docs/guarantees.md. */
record ArrayForm(ValueForm element) implements TextForm {
    /** What Java prints for an array inside an array: all that is left of a text array of two dimensions. */
    private static final String LOST_ROW = "[Ljava.lang.";

    @Override
    public String text(JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        if (value.size() == 1 && ValueForm.Placeholder.TEXT.equals(value.get(0).textValue())) {
            return ValueForm.UNAVAILABLE;
        }
        var text = new StringBuilder("{");
        for (var item : value) {
            if (text.length() > 1) {
                text.append(',');
            }
            append(text, element.text(item));
        }
        return text.append('}').toString();
    }

    private static void append(StringBuilder text, String item) {
        if (item == null) {
            text.append("NULL");
        } else if (item.contains(LOST_ROW)) {
            throw new IllegalArgumentException("an array of several dimensions, which Debezium does not carry");
        } else {
            text.append('"')
                    .append(item.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
    }
}
