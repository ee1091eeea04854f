package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * A row that differs, for people.
 *
 * @param kind label of a {@link RowClass}
 * @param columns columns that differ; all of them when one side has no row
 * @param source values of these columns, or null without a row
 */
@RegisterForReflection
record Difference(@JsonProperty("class") String kind, String key, List<String> columns, String source, String sink) {}
