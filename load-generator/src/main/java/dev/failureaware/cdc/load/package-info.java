/**
 * Continuous, realistic writes on the source, and a ledger of what became of each.
 *
 * <p>A {@code Writer} plans a {@code Change} against its {@code WorkingSet}, notes the intent in the {@code Ledger}, commits
 * it through {@code SourceDatabase}, notes the outcome and learns from it.
 */
package dev.failureaware.cdc.load;
