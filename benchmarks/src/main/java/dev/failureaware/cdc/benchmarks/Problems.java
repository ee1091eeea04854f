package dev.failureaware.cdc.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What went wrong in a run that went on: part of the report, and the reason of its exit code. */
final class Problems {
    private final List<Map<String, Object>> all = new ArrayList<>();

    void add(String where, BenchmarkException problem) {
        all.add(Map.of(
                "where",
                where,
                "wrong_result",
                problem instanceof WrongResultException,
                "message",
                problem.getMessage()));
    }

    List<Map<String, Object>> all() {
        return all;
    }

    boolean none() {
        return all.isEmpty();
    }

    boolean anyWrongResult() {
        return all.stream().anyMatch(problem -> problem.get("wrong_result").equals(true));
    }
}
