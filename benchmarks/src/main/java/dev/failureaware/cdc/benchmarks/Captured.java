package dev.failureaware.cdc.benchmarks;

import java.util.List;

/**
 * A workload's topics.
 *
 * @param schemaLess the same records without their schema parts
 * @param changes the events of {@code schemaFull} in their order
 */
record Captured(Topic schemaFull, Topic schemaLess, List<Change> changes) {}
