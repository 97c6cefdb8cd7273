/**
 * Batches asked for, watched and brought home. Entry class: {@link
 * dev.repofleet.starter.review.ReviewRun}. {@link dev.repofleet.starter.review.BatchWatcher} sees
 * Temporal through {@link dev.repofleet.starter.review.BatchView} alone, so that watching can be
 * tried without a server; what starts, lists, changes or deletes batches asks the server itself, in
 * a class for each. The verbs of other packages may use what is public here: a batch's records and
 * how it stands.
 */
@NullMarked
package dev.repofleet.starter.review;

import org.jspecify.annotations.NullMarked;
