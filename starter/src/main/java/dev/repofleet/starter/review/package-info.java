/**
 * Batches asked for, watched and brought home. Entry class: {@link
 * dev.repofleet.starter.review.ReviewRun}. Sees Temporal through {@link
 * dev.repofleet.starter.review.BatchView} alone, so that watching can be tried without a server.
 * The verbs of other packages may use what is public here: a batch's records and how it stands.
 */
@NullMarked
package dev.repofleet.starter.review;

import org.jspecify.annotations.NullMarked;
