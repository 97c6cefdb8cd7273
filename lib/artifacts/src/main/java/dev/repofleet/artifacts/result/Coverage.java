package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;
import dev.repofleet.artifacts.finding.Exclusion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of a repository was reviewed. No findings without complete coverage is never "clean".
 *
 * @param status complete, partial or unknown
 * @param filesReviewed a count, absent when nobody said
 * @param filesTotal of the inventory, absent when there is none; what is ignored is not in it
 * @param exclusions what was left out, by the agent or by the repository's own {@code
 *     .reviewignore}
 * @param ignored what that file keeps out; absent where there is none
 */
public record Coverage(
    CoverageStatus status,
    @Nullable Integer filesReviewed,
    @Nullable Integer filesTotal,
    List<Exclusion> exclusions,
    @Nullable IgnoredFiles ignored) {
  /** Nothing is known. */
  public static final Coverage UNKNOWN =
      new Coverage(CoverageStatus.UNKNOWN, null, null, List.of());

  /** Absent parts: unknown, and no exclusions. */
  public Coverage {
    status = status == null ? CoverageStatus.UNKNOWN : status;
    exclusions = Parts.list(exclusions);
  }

  /** Of a repository without a {@code .reviewignore}. */
  public Coverage(
      CoverageStatus status,
      @Nullable Integer filesReviewed,
      @Nullable Integer filesTotal,
      List<Exclusion> exclusions) {
    this(status, filesReviewed, filesTotal, exclusions, null);
  }

  /** The same without the patterns of {@code .reviewignore}; their counts stay. */
  public Coverage withoutIgnoreRules() {
    return new Coverage(
        status,
        filesReviewed,
        filesTotal,
        exclusions.stream().filter(left -> left.source() == null).toList(),
        ignored);
  }
}
