package dev.repofleet.e2b.local.machine;

import java.time.Duration;

/**
 * What the processes of a sandbox use now. Sizes are bytes.
 *
 * @param cpuTime of those that live now, since they started
 * @param memoryUsed resident, shared pages counted once for each process
 * @param diskUsed of the whole file system that holds the sandboxes, as {@code df} tells it inside
 */
public record MachineUsage(
    Duration cpuTime,
    int cpuCount,
    long memoryUsed,
    long memoryTotal,
    long memoryCache,
    long diskUsed,
    long diskTotal) {}
