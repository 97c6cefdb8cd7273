/**
 * One more prompt for reviews, ended or not, and a person's answer to those that wait. Entry class:
 * {@link dev.repofleet.starter.followup.FollowUpRun}. Only the command tree uses it.
 */
@NullMarked
package dev.repofleet.starter.followup;

import org.jspecify.annotations.NullMarked;
