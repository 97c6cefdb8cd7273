/**
 * What the docs claim, measured: {@link dev.repofleet.bench.Bench} runs one benchmark by its name,
 * {@link dev.repofleet.bench.ChaosRounds} lets everything happen to batches. They measure and
 * attack the fleets of the starter's integration tests, and are run from the sources by {@code
 * ./repofleet bench} and {@code ./repofleet chaos}. Nothing may depend on this module, and it is
 * never shipped.
 */
@NullMarked
package dev.repofleet.bench;

import org.jspecify.annotations.NullMarked;
