package dev.failureaware.cdc.benchmarks;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes the records of a topic into another one without the schema parts of key and value: same order, same partitions. */
final class SchemaLessCopy implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final SchemaCutter keys = new SchemaCutter(true);
    private final String topic;
    private long events;
    private long bytes;

    SchemaLessCopy(String kafka, String topic) {
        this.topic = topic;
        this.producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                ProducerConfig.LINGER_MS_CONFIG,
                20,
                ProducerConfig.BATCH_SIZE_CONFIG,
                512 << 10));
    }

    void add(TopicReader.Event event) {
        var record = event.record();
        if (event.payload() != null) {
            events++;
            bytes += event.payload().length;
        }
        producer.send(new ProducerRecord<>(
                topic, record.partition(), record.timestamp(), keys.payload(record.key()), event.payload()));
    }

    /** Of the values of the events so far. */
    long meanBytes() {
        return bytes / Math.max(1, events);
    }

    @Override
    public void close() {
        producer.close();
    }
}
