package dev.failureaware.cdc.sink.plan;

/**
 * Where one topic-partition stands in the sink database.
 *
 * @param nextOffset Kafka offset of the first record not applied
 * @param watermark highest streamed source position, or null
 */
public record PartitionState(long nextOffset, Watermark watermark) {}
