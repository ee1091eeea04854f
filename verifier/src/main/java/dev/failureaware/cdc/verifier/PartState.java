package dev.failureaware.cdc.verifier;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;

/** How a part of the pipeline is, as far as one look can tell. */
@RegisterForReflection
enum PartState {
    WELL,
    /** Works, and is not where it should be yet. */
    BUSY,
    BROKEN,
    /** Cannot be asked, or is not asked. */
    UNKNOWN;

    @JsonValue
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
