package dev.failureaware.cdc.sink.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** PostgreSQL's geometric types, which Debezium sends as structs: numbers, or well-known binary. */
final class Geometry {
    private static final int LINE_STRING = 2;
    private static final int POLYGON = 3;

    private Geometry() {}

    static String point(JsonNode value) {
        return "(" + value.path("x").asText() + "," + value.path("y").asText() + ")";
    }

    static String line(JsonNode value) {
        return "{" + value.path("a").asText() + "," + value.path("b").asText() + ","
                + value.path("c").asText() + "}";
    }

    static String circle(JsonNode value) {
        return "<" + point(value.path("center")) + "," + value.path("radius").asText() + ">";
    }

    static String lseg(JsonNode value) {
        return "[" + String.join(",", points(value)) + "]";
    }

    /** A ring of five points around the box: a corner, the next, the opposite one … */
    static String box(JsonNode value) {
        var ring = points(value);
        return ring.get(0) + "," + ring.get(2);
    }

    static String path(JsonNode value) {
        var points = String.join(",", points(value));
        return value.path("extensions").path("closed").asBoolean() ? "(" + points + ")" : "[" + points + "]";
    }

    /** A ring ends where it begins; PostgreSQL does not repeat the point. */
    static String polygon(JsonNode value) {
        var ring = points(value);
        return "(" + String.join(",", ring.subList(0, ring.size() - 1)) + ")";
    }

    private static List<String> points(JsonNode value) {
        var binary =
                ByteBuffer.wrap(Base64.getDecoder().decode(value.path("wkb").asText()));
        binary.order(binary.get() == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        var type = binary.getInt();
        if (type == POLYGON) {
            var rings = binary.getInt();
            if (rings != 1) {
                throw new IllegalArgumentException("a polygon of " + rings + " rings");
            }
        } else if (type != LINE_STRING) {
            throw new IllegalArgumentException("a geometry of type " + type);
        }
        var size = binary.getInt();
        var points = new ArrayList<String>(size);
        for (var i = 0; i < size; i++) {
            points.add("(" + binary.getDouble() + "," + binary.getDouble() + ")");
        }
        return points;
    }
}
