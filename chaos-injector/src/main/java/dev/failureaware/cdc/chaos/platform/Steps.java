package dev.failureaware.cdc.chaos.platform;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a fault would do, in words.
 *
 * @param acts in order, each with its object
 * @param undo what is undone afterwards, and how
 * @param needs rights, labels and resources without which it would be refused
 */
public record Steps(List<String> acts, List<String> undo, List<String> needs) {

    public Steps {
        acts = List.copyOf(acts);
        undo = List.copyOf(undo);
        needs = List.copyOf(needs);
    }

    /** Nothing to undo, and nothing of the platform is needed. */
    public static Steps of(String... acts) {
        return new Steps(List.of(acts), List.of(), List.of());
    }

    public Steps then(String... further) {
        return new Steps(Stream.concat(acts.stream(), Stream.of(further)).toList(), undo, needs);
    }
}
