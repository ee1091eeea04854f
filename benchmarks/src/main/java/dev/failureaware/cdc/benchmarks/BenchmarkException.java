package dev.failureaware.cdc.benchmarks;

/** A measurement that could not be made; its message is for people. */
class BenchmarkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchmarkException(String message) {
        super(message);
    }

    BenchmarkException(String message, Throwable cause) {
        super(message, cause);
    }
}
