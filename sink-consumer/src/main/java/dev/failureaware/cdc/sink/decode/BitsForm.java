package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.BitSet;

/** {@code bit(n)}: bytes, the last bit of the text first, without leading zero bytes. */
record BitsForm(int length) implements TextForm {

    @Override
    public String text(JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        var bits = BitSet.valueOf(Base64.getDecoder().decode(value.asText()));
        if (bits.length() > length) {
            throw new IllegalArgumentException("more than " + length + " bits");
        }
        var text = new StringBuilder(length);
        for (var i = length - 1; i >= 0; i--) {
            text.append(bits.get(i) ? '1' : '0');
        }
        return text.toString();
    }
}
