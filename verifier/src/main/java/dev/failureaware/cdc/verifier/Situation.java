package dev.failureaware.cdc.verifier;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;

/**
 * How the pipeline stands, for somebody who has never seen it.
 *
 * @param title the same without figures: changes only when something happens
 * @param broken names of the parts that are broken now
 * @param risk whether data is at risk, with the fact that says so
 * @param provenAt when a fenced verification last found both sides equal; null when none ever did
 * @param wellAgainAt when the last trouble was over, proven by a fenced verification; null without one, and while another lasts
 * @param troubleFor how long it was; null without one
 * @param attention what else wants to be looked at: findings that no part shows
 */
@RegisterForReflection
record Situation(
        PartState state,
        String title,
        String sentence,
        List<String> broken,
        String risk,
        Instant provenAt,
        Instant wellAgainAt,
        String troubleFor,
        List<String> attention) {}
