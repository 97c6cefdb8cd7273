/**
 * Batches asked for, watched and brought home. Entry class: {@link
 * dev.repofleet.starter.review.ReviewRun}. Sees Temporal through {@link
 * dev.repofleet.starter.review.BatchView} alone, so that watching can be tried without a server.
 */
@NullMarked
package dev.repofleet.starter.review;

import org.jspecify.annotations.NullMarked;
