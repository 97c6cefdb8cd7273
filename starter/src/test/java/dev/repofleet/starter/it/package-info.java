/**
 * The main job as a person runs it: real processes, the real Temporal server, real sandboxes, real
 * Git, and the real Claude Code CLI on a scripted model that keeps a ledger.
 */
@NullMarked
package dev.repofleet.starter.it;

import org.jspecify.annotations.NullMarked;
