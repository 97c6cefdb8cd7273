/**
 * What a worker counts and where it is read: {@link dev.repofleet.worker.metrics.FleetMetrics} has
 * every name, {@link dev.repofleet.worker.metrics.MetricsServer} answers Prometheus. Packages that
 * have something to count may use it, and the starter's {@code embedded}.
 */
@NullMarked
package dev.repofleet.worker.metrics;

import org.jspecify.annotations.NullMarked;
