/**
 * The scenarios of {@code official-sdk/scenarios.mjs} through the Java client; {@link
 * dev.repofleet.e2b.local.scenario.JavaScenarios} runs them. For the parent package's test of both
 * clients.
 */
@NullMarked
package dev.repofleet.e2b.local.scenario;

import org.jspecify.annotations.NullMarked;
