package dev.repofleet.artifacts.result;

import org.jspecify.annotations.Nullable;

/**
 * Where the files of one repository's result are: artifact URIs in the store's {@code batch.json},
 * paths relative to that file in a person's {@code --out} folder. What is absent was not written.
 */
public record ReviewFiles(
    @Nullable String review,
    @Nullable String patch,
    @Nullable String sarif,
    @Nullable String transcript,
    @Nullable String events,
    @Nullable String log) {
  /** Nothing was written. */
  public static final ReviewFiles NONE = new ReviewFiles(null, null, null, null, null, null);
}
