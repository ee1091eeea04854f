package dev.failureaware.cdc.chaos;

import java.util.OptionalLong;

/**
 * What the settling showed.
 *
 * @param duplicatesAbsorbed between the steady state before the fault and the end of settling; empty when unknown
 * @param highestLagEvents empty when the lag could never be measured
 */
record Recovery(OptionalLong duplicatesAbsorbed, OptionalLong highestLagEvents) {}
