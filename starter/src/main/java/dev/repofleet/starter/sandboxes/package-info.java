/**
 * What the fleet holds at E2B, the removal of what nobody owns, and a person's shell in one of
 * them. Entry class: {@link dev.repofleet.starter.sandboxes.SandboxesCommand}. {@link
 * dev.repofleet.starter.sandboxes.OwnerJudgement} decides, and asks nobody. {@link
 * dev.repofleet.starter.sandboxes.ShellSession} ties a terminal to a shell. The command tree uses
 * it; {@code embedded} adds a verb, and {@code template} asks the same account.
 */
@NullMarked
package dev.repofleet.starter.sandboxes;

import org.jspecify.annotations.NullMarked;
