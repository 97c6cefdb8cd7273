/**
 * One more prompt for reviews that have ended, and a person's answer to those that wait. Entry
 * class: {@link dev.repofleet.starter.followup.FollowUpRun}. Only the command tree uses it.
 */
@NullMarked
package dev.repofleet.starter.followup;

import org.jspecify.annotations.NullMarked;
