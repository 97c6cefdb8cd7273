package dev.repofleet.e2b;

import java.time.Instant;

/**
 * What a team used at one moment.
 *
 * @param at by the server's clock, in whole seconds
 * @param concurrentSandboxes how many ran
 * @param sandboxStartRate how many were started a second
 */
public record TeamLoad(Instant at, int concurrentSandboxes, double sandboxStartRate) {}
