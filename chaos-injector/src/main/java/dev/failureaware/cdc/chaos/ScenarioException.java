package dev.failureaware.cdc.chaos;

import java.util.List;
import java.util.stream.Collectors;

/** A scenario that cannot be run, with everything that is wrong with it. */
final class ScenarioException extends Exception {
    private final transient List<Problem> problems;

    ScenarioException(List<Problem> problems) {
        super(problems.stream().map(Problem::message).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    List<Problem> problems() {
        return problems;
    }
}
