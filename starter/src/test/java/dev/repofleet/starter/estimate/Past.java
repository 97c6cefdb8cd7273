package dev.repofleet.starter.estimate;

import dev.repofleet.starter.estimate.PastReview.Place;
import dev.repofleet.starter.estimate.PastReview.PlanMark;
import java.time.Duration;
import java.time.Instant;

/** Reviews of before, for tests. */
final class Past {
  static final PlanMark PLAN = new PlanMark("a".repeat(64), "security");
  static final PlanMark CHANGED = new PlanMark("b".repeat(64), "security");
  static final PlanMark ANOTHER = new PlanMark("c".repeat(64), "quality");
  static final Instant FIRST = Instant.parse("2026-11-01T10:00:00Z");

  private Past() {}

  /** A repository with so many files. */
  static Place place(int number, int files) {
    return new Place("repo-" + number, "host/repo-" + number, files, null);
  }

  /** A review of it that took a minute. */
  static PastReview review(Place place, PlanMark plan, double costUsd) {
    return new PastReview(place, plan, costUsd, Duration.ofMinutes(1), FIRST, false);
  }

  /** One of changes only, likewise. */
  static PastReview incremental(Place place, PlanMark plan, double costUsd) {
    return new PastReview(place, plan, costUsd, Duration.ofMinutes(1), FIRST, true);
  }
}
