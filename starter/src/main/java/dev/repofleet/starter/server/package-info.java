/**
 * Temporal's server as verbs ask it: who is at work, what an update answers, what it says when it
 * is away or refuses. Entry class: {@link dev.repofleet.starter.server.FleetWorkers}. Every package
 * of verbs may use it.
 */
@NullMarked
package dev.repofleet.starter.server;

import org.jspecify.annotations.NullMarked;
