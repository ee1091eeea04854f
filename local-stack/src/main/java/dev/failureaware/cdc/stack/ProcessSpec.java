package dev.failureaware.cdc.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How one part is run.
 *
 * @param environment added to the few variables that every child gets; holds the secrets
 * @param stopSignal without SIG, as kill(1) takes it
 * @param stopWithin after this the process is killed
 * @param beforeLaunch cleans what a killed predecessor left; runs before every launch
 * @param ready true once the part serves requests; false for not yet
 */
record ProcessSpec(
        Part part,
        List<String> command,
        Map<String, String> environment,
        String stopSignal,
        Duration stopWithin,
        Preparation beforeLaunch,
        Probe ready) {

    @FunctionalInterface
    interface Preparation {
        Preparation NONE = () -> {};

        void run() throws java.io.IOException, InterruptedException;
    }

    @FunctionalInterface
    interface Probe {
        boolean passes();
    }
}
