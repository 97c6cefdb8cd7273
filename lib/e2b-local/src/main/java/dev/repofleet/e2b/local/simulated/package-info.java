/**
 * Sandboxes that exist in memory only: files, a clock, and scripted programs in place of processes.
 * Thousands of them fit on two cores.
 *
 * <p>Entry class: {@link dev.repofleet.e2b.local.simulated.Simulation}, which says what the
 * programs are; {@link dev.repofleet.e2b.local.simulated.SimulatedMachine} is one machine. Nothing
 * here knows of the wire, of the server or of the worker: the parent package puts a machine behind
 * E2B's API.
 *
 * <p>It is honest about what it is: the agent names itself {@code simulated}, and what a program
 * here can't do ends in an error that says so, never in a made-up success.
 *
 * <p>For the parent package, tests, benchmarks and the starter's {@code embedded}.
 */
@NullMarked
package dev.repofleet.e2b.local.simulated;

import org.jspecify.annotations.NullMarked;
