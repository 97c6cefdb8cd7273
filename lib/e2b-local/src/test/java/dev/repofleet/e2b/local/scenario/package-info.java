/**
 * The scenarios of {@code official-sdk/scenarios.mjs} through the Java client; {@link
 * dev.repofleet.e2b.local.scenario.JavaScenarios} runs them.
 */
@NullMarked
package dev.repofleet.e2b.local.scenario;

import org.jspecify.annotations.NullMarked;
