package dev.repofleet.workflows;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a repository's review ended; it ends in exactly one of these. */
public enum RepositoryStatus {
  /** Every step done, the answer meets the schema. */
  COMPLETE,
  /** There are results, but a step was cut short; the cause says why. */
  PARTIAL,
  /** The agent finished, but its answer is text that meets no schema. */
  UNSTRUCTURED,
  /** There is no result; the cause says why. */
  FAILED,
  /** Cancelled by a person; what there was is kept. */
  CANCELLED,
  /** Nothing changed since a result that is still good. */
  SKIPPED_UNCHANGED;

  /** Lower-case name, as in histories and files. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The status of a code.
   *
   * @throws IllegalArgumentException when there is none
   */
  @JsonCreator
  public static RepositoryStatus of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
