package dev.repofleet.e2b;

import java.time.Instant;

/**
 * A line of a build's log.
 *
 * @param at by E2B's clock
 * @param level in E2B's words, for example {@code info}; empty if it told none
 * @param message the line; what the commands of steps wrote is among them
 */
public record BuildLog(Instant at, String level, String message) {}
