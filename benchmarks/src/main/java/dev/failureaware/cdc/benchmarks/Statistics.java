package dev.failureaware.cdc.benchmarks;

import java.util.Collection;

/** Of a few numbers. */
final class Statistics {
    private Statistics() {}

    static double median(Collection<Double> numbers) {
        var sorted = numbers.stream().sorted().toList();
        var middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The smallest number that so many percent of all do not exceed. */
    static double percentile(Collection<Double> numbers, int percent) {
        var sorted = numbers.stream().sorted().toList();
        var rank = (int) Math.ceil(percent / 100.0 * sorted.size());
        return sorted.get(Math.max(0, rank - 1));
    }

    static double round(double number, int digits) {
        var factor = Math.pow(10, digits);
        return Math.round(number * factor) / factor;
    }
}
