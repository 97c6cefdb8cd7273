package dev.repofleet.artifacts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of a repository was reviewed. No findings without complete coverage is never "clean".
 *
 * @param status complete, partial or unknown
 * @param filesReviewed a count, absent when nobody said
 * @param filesTotal of the inventory, absent when there is none
 * @param exclusions what was left out
 */
public record Coverage(
    CoverageStatus status,
    @Nullable Integer filesReviewed,
    @Nullable Integer filesTotal,
    List<Exclusion> exclusions) {
  /** Nothing is known. */
  public static final Coverage UNKNOWN =
      new Coverage(CoverageStatus.UNKNOWN, null, null, List.of());

  /** Absent parts: unknown, and no exclusions. */
  public Coverage {
    status = status == null ? CoverageStatus.UNKNOWN : status;
    exclusions = Parts.list(exclusions);
  }
}
