package dev.failureaware.cdc.benchmarks;

/** The sink does not hold what the source holds: however fast it was, there is no figure for that. */
final class WrongResultException extends BenchmarkException {
    private static final long serialVersionUID = 1L;

    WrongResultException(String message) {
        super(message);
    }
}
