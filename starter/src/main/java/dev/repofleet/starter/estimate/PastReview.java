package dev.repofleet.starter.estimate;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A review of the same agent, as far as it tells of the next one.
 *
 * @param place what was reviewed
 * @param plan by which
 * @param costUsd of all its turns
 * @param took at work: without what it waited for a sandbox's permit and for people
 * @param endedAt when
 * @param incremental whether it was of changes only, which costs a fraction of everything
 */
public record PastReview(
    Place place,
    PlanMark plan,
    double costUsd,
    Duration took,
    Instant endedAt,
    boolean incremental) {
  /** Refuses absent parts. */
  public PastReview {
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(took, "took");
    Objects.requireNonNull(endedAt, "endedAt");
  }

  /**
   * What tells plans apart.
   *
   * @param sha256 of its text, whole and resolved
   * @param name for people
   */
  public record PlanMark(String sha256, String name) {}

  /**
   * A repository or a folder of it, and how large it is.
   *
   * @param key of the target
   * @param repository its one spelling with the folder; absent for a path, which only its key tells
   * @param files tracked there; absent when no review has counted them
   * @param bundleBytes of a path's commit, packed; absent for a URL
   */
  public record Place(
      String key,
      @Nullable String repository,
      @Nullable Integer files,
      @Nullable Long bundleBytes) {
    /** The same with the files that an earlier look has counted. */
    public Place withFiles(@Nullable Integer counted) {
      return new Place(key, repository, counted, bundleBytes);
    }

    /** Whether it is the same place, perhaps at another commit or branch. */
    boolean is(Place other) {
      return key.equals(other.key) || (repository != null && repository.equals(other.repository));
    }

    /** Whether one is at most twice as large as the other, in what is known of both. */
    boolean isLike(Place other) {
      if (files != null && other.files != null) {
        return areClose(files, other.files);
      }
      return files == null
          && bundleBytes != null
          && other.bundleBytes != null
          && areClose(bundleBytes, other.bundleBytes);
    }

    private static boolean areClose(long one, long two) {
      return one <= 2 * two && two <= 2 * one;
    }
  }
}
