package dev.repofleet.artifacts.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What became of one repository. {@code QUEUED} and {@code RUNNING} stand only in the result of a
 * batch that is still running.
 */
public enum RepositoryStatus {
  /** Reviewed, every turn of the plan done. */
  @JsonProperty("complete")
  COMPLETE,

  /** Something of the plan is missing; what there is was kept. */
  @JsonProperty("partial")
  PARTIAL,

  /** The agent finished, but gave no valid structured answer. */
  @JsonProperty("unstructured")
  UNSTRUCTURED,

  /** No review came about. */
  @JsonProperty("failed")
  FAILED,

  /** A person ended it. */
  @JsonProperty("cancelled")
  CANCELLED,

  /** Nothing changed since an earlier result, which still holds. */
  @JsonProperty("skipped_unchanged")
  SKIPPED_UNCHANGED,

  /** Waiting for its start. */
  @JsonProperty("queued")
  QUEUED,

  /** On its way. */
  @JsonProperty("running")
  RUNNING;

  /** Whether nothing is left to do: reviewed in full, or unchanged since it was. */
  public boolean isGood() {
    return this == COMPLETE || this == SKIPPED_UNCHANGED;
  }

  /** The word for this value in JSON, on the command line and in search attributes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
