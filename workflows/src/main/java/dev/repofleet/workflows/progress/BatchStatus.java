package dev.repofleet.workflows.progress;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a batch stands. */
public enum BatchStatus {
  RUNNING,
  /** Every repository complete or unchanged. */
  COMPLETE,
  /** Every repository has ended, some of them partial, unstructured, failed or cancelled. */
  FINISHED_WITH_FAILURES,
  STOPPED_BUDGET,
  CANCELLED,
  /** The batch itself could not go on. */
  FAILED;

  /** Lower-case name, as in {@code batch.json}. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The status of a code. */
  @JsonCreator
  public static BatchStatus of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
