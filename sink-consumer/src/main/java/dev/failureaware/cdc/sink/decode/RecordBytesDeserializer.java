package dev.failureaware.cdc.sink.decode;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.apache.kafka.common.serialization.Deserializer;

/** What waits to be decoded holds no copy of the schema part. */
@RegisterForReflection
public final class RecordBytesDeserializer implements Deserializer<RecordBytes> {
    private final SchemaParts parts = new SchemaParts();

    @Override
    public RecordBytes deserialize(String topic, byte[] data) {
        return parts.cut(topic, data);
    }
}
