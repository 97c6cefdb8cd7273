package dev.repofleet.e2b;

import java.time.Instant;

/**
 * What a sandbox used at one moment. Sizes are in bytes.
 *
 * @param at by the server's clock
 * @param cpuCount virtual CPUs
 * @param cpuUsedPercent of all of them together, 0 to 100
 * @param memoryUsed by programs
 * @param memoryTotal of the machine
 * @param memoryCache what the kernel keeps of files and gives back when asked
 * @param diskUsed of the root file system
 * @param diskTotal of the root file system
 */
public record SandboxMetrics(
    Instant at,
    int cpuCount,
    double cpuUsedPercent,
    long memoryUsed,
    long memoryTotal,
    long memoryCache,
    long diskUsed,
    long diskTotal) {}
