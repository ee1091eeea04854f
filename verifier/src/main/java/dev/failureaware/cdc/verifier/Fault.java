package dev.failureaware.cdc.verifier;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/**
 * A failure that the chaos-injector has caused.
 *
 * @param run of the injector, unique together with id
 * @param type as scenarios name it: restart, lag, schema, duplicate, backfill
 * @param liftedAt null while it is open
 * @param consistentAt when a verification that began after that had passed; null before, and where none has
 * @param outcome the injector's verdict; null before there is one, UNKNOWN where its end was not heard
 */
@RegisterForReflection
record Fault(
        String run,
        String id,
        String type,
        Instant injectedAt,
        Instant liftedAt,
        Instant consistentAt,
        String outcome) {
    boolean isSameAs(Fault other) {
        return run.equals(other.run) && id.equals(other.id);
    }

    /** When it was over, as far as it is; null while it goes on. */
    Instant endedAt() {
        return consistentAt != null ? consistentAt : outcome != null ? liftedAt : null;
    }

    /** Nothing more will be heard of it. */
    Fault leftAt(Instant at) {
        return new Fault(run, id, type, injectedAt, liftedAt == null ? at : liftedAt, null, "UNKNOWN");
    }
}
