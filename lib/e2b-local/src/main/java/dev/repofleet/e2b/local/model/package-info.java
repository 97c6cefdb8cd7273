/**
 * A scripted model: a Messages API on loopback that drives the real Claude Code CLI without a key.
 *
 * <p>Entry class: {@link dev.repofleet.e2b.local.model.ScriptedModel}. For integration tests, the
 * benchmarks, the fault tests and {@code demo --real-cli}; never part of a worker. What the CLI
 * sends was observed with version 2.1.197 and nothing else.
 *
 * <p>Calls of the CLI, observed: one {@code HEAD /} a process, then one {@code POST /v1/messages} a
 * turn and no others (no titles, no small model, no token counts); one more for each time it has to
 * demand the structured answer. An accepted {@code StructuredOutput} call ends the run without a
 * further call.
 *
 * <p>Sums: {@code usage} of a process's result line equals the ledger's answered calls of that
 * process, field by field ({@code input_tokens}, {@code cache_creation_input_tokens}, {@code
 * cache_read_input_tokens}, {@code output_tokens}), and so does the sum over all entries of {@code
 * modelUsage}, whose keys may differ from the model's name on the wire. Refused calls count
 * nowhere; abandoned calls only in the ledger.
 */
@NullMarked
package dev.repofleet.e2b.local.model;

import org.jspecify.annotations.NullMarked;
