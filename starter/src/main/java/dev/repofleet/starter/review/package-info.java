/**
 * Batches asked for, watched to their end and brought home. Entry class: {@link
 * dev.repofleet.starter.review.ReviewRun}. The command tree uses it, and schedules share its
 * options.
 */
@NullMarked
package dev.repofleet.starter.review;

import org.jspecify.annotations.NullMarked;
