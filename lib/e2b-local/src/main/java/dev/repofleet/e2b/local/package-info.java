/**
 * An E2B-compatible server for one machine: real processes in bubblewrap sandboxes, on loopback;
 * or, for load and fault tests, simulated sandboxes in memory.
 *
 * <p>Entry class: {@link dev.repofleet.e2b.local.LocalSandboxServer}. Only the starter's embedded
 * stack, the benchmarks and tests may depend on it; it is never part of a worker. It speaks the
 * wire contract of envd and of E2B's control plane on its own, without the client of {@code
 * lib/e2b}, so that each side checks the other.
 *
 * <p>A request comes in by {@code RequestRouter}, as an {@link dev.repofleet.e2b.local.http}
 * exchange that a {@link dev.repofleet.e2b.local.fault} switch may spoil. It is about sandboxes
 * from outside ({@link dev.repofleet.e2b.local.control}) or goes into one ({@link
 * dev.repofleet.e2b.local.envd}). A {@link dev.repofleet.e2b.local.sandbox} stands on a {@link
 * dev.repofleet.e2b.local.machine}: of this {@link dev.repofleet.e2b.local.host}, or of {@link
 * dev.repofleet.e2b.local.memory}. Others use of these the fault switches, {@code Isolation},
 * {@code ClaudeInstall} and {@code SandboxStatistics}; what else is public is so for this server.
 *
 * <p><b>Simulation.</b> {@link dev.repofleet.e2b.local.LocalSandboxOptions.Builder#simulate} puts
 * machines of the package {@code simulated} behind the same doors. The server says so: in {@link
 * dev.repofleet.e2b.local.host.Isolation#reason()}, and by {@code X-Simulated-Sandboxes: true} on
 * {@code GET /health}.
 *
 * <p><b>Fault switches.</b> {@link dev.repofleet.e2b.local.LocalSandboxServer#faults()}, or over
 * HTTP with the API key: {@code PUT /faults} replaces all of them, {@code GET /faults} tells them
 * with how often each has struck, {@code DELETE /faults} takes them away. {@link
 * dev.repofleet.e2b.local.fault.FaultKind} says what each does, {@link
 * dev.repofleet.e2b.local.fault.Fault} what its fields mean; all but {@code kind} may be left out:
 *
 * <pre>{@code
 * {"faults": [
 *   {"kind": "lost_answer", "routes": ["create"]},
 *   {"kind": "cut_stream", "routes": ["start"], "frames": 2, "probability": 0.1, "seed": 7, "times": 50},
 *   {"kind": "huge_frame", "routes": ["start", "watch"], "frames": 1},
 *   {"kind": "gone", "routes": ["data"], "sandboxId": "i…"},
 *   {"kind": "rate_limited", "routes": ["control"], "retryAfterSeconds": 3, "times": 10},
 *   {"kind": "latency", "latencyMillis": 20, "jitterMillis": 30, "times": 1000000}
 * ]}
 * }</pre>
 *
 * <p>Routes are those of {@link dev.repofleet.e2b.local.fault.FaultRoute} in lower case, and {@code
 * control} and {@code data} for all of a side. {@code /health} of the server and {@code /faults}
 * are never struck.
 */
@NullMarked
package dev.repofleet.e2b.local;

import org.jspecify.annotations.NullMarked;
