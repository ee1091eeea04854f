package dev.failureaware.cdc.load;

/**
 * What {@code GET /stats} tells; counts are since this process started.
 *
 * @param rate commits per second that are aimed at
 * @param running false while paused
 * @param degraded whether the last attempt of some writer did not get through; the process itself is well
 * @param run number of this life on this database; 0 until the database has answered
 */
record Stats(
        long acknowledged,
        long failed,
        long unknown,
        double rate,
        long seed,
        boolean running,
        boolean degraded,
        long run) {}
