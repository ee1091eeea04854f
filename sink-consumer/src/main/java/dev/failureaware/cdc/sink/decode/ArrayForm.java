package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.JsonNode;

/** An array of one dimension; Debezium does not carry others: see docs/types.md. */
record ArrayForm(ValueForm element) implements TextForm {
    /** What Java prints for an array inside an array: all that is left of a text array of two dimensions. */
    private static final String LOST_ROW = "[Ljava.lang.";

    @Override
    public String text(JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        if (isPlaceholder(value)) {
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

    /** The placeholder as text, as base64, as a uuid made of it, or, among numbers and dates, as the codes of its letters. */
    private static boolean isPlaceholder(JsonNode value) {
        if (value.size() == 1) {
            return ValueForm.Placeholder.FORMS.contains(value.get(0).asText());
        }
        if (value.size() != ValueForm.Placeholder.TEXT.length()) {
            return false;
        }
        for (var i = 0; i < value.size(); i++) {
            if (!value.get(i).isIntegralNumber() || value.get(i).asInt() != ValueForm.Placeholder.TEXT.charAt(i)) {
                return false;
            }
        }
        return true;
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
