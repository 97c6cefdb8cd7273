/**
 * What a batch may cost, from what earlier reviews cost: {@link
 * dev.repofleet.starter.estimate.CostEstimator} judges, the rest says it. Knows neither Temporal
 * nor the store; {@code review --dry-run} hands it what they hold. Only {@code review} uses it.
 */
@NullMarked
package dev.repofleet.starter.estimate;

import org.jspecify.annotations.NullMarked;
