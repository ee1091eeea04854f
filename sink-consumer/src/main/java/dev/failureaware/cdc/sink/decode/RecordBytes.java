package dev.failureaware.cdc.sink.decode;

import java.util.Arrays;

/**
 * A key or value as Kafka holds it, in two parts, of which the first is shared by all records that begin with the same schema
 * part. The arrays must not change.
 *
 * @param schemaPart all up to the payload; empty where the record does not begin with a schema part
 * @param rest what follows
 */
public record RecordBytes(byte[] schemaPart, byte[] rest) {
    private static final byte[] NONE = new byte[0];

    /** Not cut; null for null. */
    public static RecordBytes uncut(byte[] bytes) {
        return bytes == null ? null : new RecordBytes(NONE, bytes);
    }

    /** The bytes as they were; null for null. */
    public static byte[] whole(RecordBytes bytes) {
        if (bytes == null || bytes.schemaPart.length == 0) {
            return bytes == null ? null : bytes.rest;
        }
        var whole = Arrays.copyOf(bytes.schemaPart, bytes.schemaPart.length + bytes.rest.length);
        System.arraycopy(bytes.rest, 0, whole, bytes.schemaPart.length, bytes.rest.length);
        return whole;
    }

    /** Bytes of what is not shared; 0 for null. */
    public static int unsharedSize(RecordBytes bytes) {
        return bytes == null ? 0 : bytes.rest.length;
    }
}
