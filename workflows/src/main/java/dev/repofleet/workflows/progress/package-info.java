/**
 * How far a batch has come, as workflows and activities tell each other: where a run of it begins
 * ({@link dev.repofleet.workflows.progress.BatchInput}, with what an earlier run left), what its
 * reviews tell it ({@link dev.repofleet.workflows.progress.RepositoryEnded}), and how it stands
 * ({@link dev.repofleet.workflows.progress.BatchStatus}, {@link
 * dev.repofleet.workflows.progress.BatchTally}). Anyone may use them.
 */
@NullMarked
package dev.repofleet.workflows.progress;

import org.jspecify.annotations.NullMarked;
