package dev.repofleet.artifacts.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What became of a batch. */
public enum BatchStatus {
  /** Some repository has not ended yet. */
  @JsonProperty("running")
  RUNNING,

  /** Every repository is complete or unchanged. */
  @JsonProperty("complete")
  COMPLETE,

  /** It ended; some repositories are partial, unstructured or failed. */
  @JsonProperty("finished_with_failures")
  FINISHED_WITH_FAILURES,

  /** The budget was spent before the end. */
  @JsonProperty("stopped_budget")
  STOPPED_BUDGET,

  /** A person ended it. */
  @JsonProperty("cancelled")
  CANCELLED,

  /** The batch itself could not go on. */
  @JsonProperty("failed")
  FAILED;

  /** The word for this value in JSON, on the command line and in search attributes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
