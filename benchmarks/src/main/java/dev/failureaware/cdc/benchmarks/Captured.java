package dev.failureaware.cdc.benchmarks;

import java.util.Optional;

/**
 * A workload's topics.
 *
 * @param schemaLess the same records without their schema parts, where they are wanted
 */
record Captured(Workload workload, Topic schemaFull, Optional<Topic> schemaLess) {}
