package dev.failureaware.cdc.chaos.platform;

import java.util.Optional;

/**
 * How a fault was lifted.
 *
 * @param otherwise why it is not as it was before: what somebody else has changed meanwhile is left as it is
 */
public record Lifted(Optional<String> otherwise) {

    public static Lifted asItWas() {
        return new Lifted(Optional.empty());
    }

    public static Lifted leftAlone(String why) {
        return new Lifted(Optional.of(why));
    }
}
