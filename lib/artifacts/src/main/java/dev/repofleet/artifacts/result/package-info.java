/**
 * The records of result files. Entry classes: {@link
 * dev.repofleet.artifacts.result.RepositoryResult} is {@code review.json}, {@link
 * dev.repofleet.artifacts.result.BatchResult} is {@code batch.json}. Any module may depend on it.
 */
@NullMarked
package dev.repofleet.artifacts.result;

import org.jspecify.annotations.NullMarked;
