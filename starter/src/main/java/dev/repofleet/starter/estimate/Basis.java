package dev.repofleet.starter.estimate;

import dev.repofleet.starter.estimate.PastReview.PlanMark;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The reviews that an estimate stands on.
 *
 * @param of whose they are
 * @param plan how near their plan is
 * @param alike whether they are of changes only exactly if the next one is; never some of them
 * @param reviews at least one
 */
public record Basis(Of of, PlanMatch plan, boolean alike, List<PastReview> reviews) {
  /** Takes a copy; refuses none. */
  public Basis {
    reviews = List.copyOf(reviews);
    if (reviews.isEmpty()) {
      throw new IllegalArgumentException("an estimate needs a review to stand on");
    }
  }

  /** Whose reviews they are. */
  public enum Of {
    /** The same repository's. */
    REPOSITORY,
    /** Of repositories that are about as large. */
    SIMILAR,
    /** Of all there are. */
    ALL;

    /** The word for it in JSON. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How near a plan is. */
  public enum PlanMatch {
    /** The very same text. */
    SAME,
    /** One of its name, with another text. */
    NAME,
    /** Another one. */
    OTHER;

    /** The word for it in JSON. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** How near {@code other} is to what is wanted. */
    static PlanMatch of(PlanMark wanted, PlanMark other) {
      if (wanted.sha256().equals(other.sha256())) {
        return SAME;
      }
      return wanted.name().equals(other.name()) ? NAME : OTHER;
    }
  }

  /** What they cost, none more than {@code mostUsd}. */
  double[] costs(double mostUsd) {
    return reviews.stream().mapToDouble(review -> Math.min(review.costUsd(), mostUsd)).toArray();
  }

  /** How long half of them took at most. */
  Duration took() {
    double[] seconds =
        reviews.stream().mapToDouble(review -> review.took().toMillis() / 1e3).toArray();
    return Duration.ofMillis(Math.round(Spread.of(seconds).p50() * 1e3));
  }

  /** When the first of them ended. */
  public Instant since() {
    return reviews.stream().map(PastReview::endedAt).min(Comparator.naturalOrder()).orElseThrow();
  }

  /** Whether they were of changes only. */
  public boolean incremental() {
    return reviews.get(0).incremental();
  }

  /** {@code 12 reviews of similar size with plan security since 2026-11-01}. */
  public String sentence() {
    boolean one = reviews.size() == 1;
    return (of == Of.REPOSITORY ? "its own " : "")
        + (of == Of.REPOSITORY && one ? "" : reviews.size() + " ")
        + (incremental() ? "incremental " : "")
        + (one ? "review" : "reviews")
        + (of == Of.SIMILAR ? " of similar size" : "")
        + switch (plan) {
          case SAME -> " with plan " + name();
          case NAME -> " with another version of plan " + name();
          case OTHER -> " with other plans";
        }
        + (one ? " of " : " since ")
        + LocalDate.ofInstant(since(), ZoneOffset.UTC)
        + (alike
            ? ""
            : incremental() ? "; there is none of everything" : "; there is no incremental one");
  }

  private String name() {
    return reviews.get(0).plan().name();
  }
}
