/**
 * What the fleet holds at E2B, and the removal of what nobody owns. Entry class: {@link
 * dev.repofleet.starter.sandboxes.SandboxesCommand}. {@link
 * dev.repofleet.starter.sandboxes.OwnerJudgement} decides, and asks nobody.
 */
@NullMarked
package dev.repofleet.starter.sandboxes;

import org.jspecify.annotations.NullMarked;
