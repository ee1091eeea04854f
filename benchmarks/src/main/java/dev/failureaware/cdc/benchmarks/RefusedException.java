package dev.failureaware.cdc.benchmarks;

/** A sink that does not take such events: it is left out, which is no failure of the run. */
final class RefusedException extends BenchmarkException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
