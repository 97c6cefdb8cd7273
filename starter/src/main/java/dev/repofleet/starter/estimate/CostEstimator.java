package dev.repofleet.starter.estimate;

import dev.repofleet.starter.estimate.Basis.PlanMatch;
import dev.repofleet.starter.estimate.PastReview.Place;
import dev.repofleet.starter.estimate.PastReview.PlanMark;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Estimates from what reviews of the same agent cost, and from nothing else. Immutable; the same
 * reviews give the same numbers.
 */
public final class CostEstimator {
  /** Fewer of similar size say less than all. */
  private static final int LEAST_SIMILAR = 3;

  private static final int ROUNDS = 2_000;

  /** Any: that two looks at the same store agree. */
  private static final long SEED = 20_261_126;

  private final List<PastReview> past;

  /** Stands on these reviews. */
  public CostEstimator(List<PastReview> past) {
    this.past = List.copyOf(past);
  }

  /**
   * The reviews that say most of the next one: the place's own by the plan, or by one of its name;
   * else those by the nearest plan, of similar size where there are some. Reviews of changes only
   * are compared with such, and those of everything with such, unless there are only others. Empty
   * when there is no review at all.
   *
   * @param incremental whether the next one is of changes only
   */
  public Optional<Basis> basis(Place place, PlanMark plan, boolean incremental) {
    List<PastReview> alike =
        past.stream().filter(review -> review.incremental() == incremental).toList();
    return alike.isEmpty() ? basis(past, place, plan, false) : basis(alike, place, plan, true);
  }

  private static Optional<Basis> basis(
      List<PastReview> past, Place place, PlanMark plan, boolean alike) {
    for (PlanMatch match : List.of(PlanMatch.SAME, PlanMatch.NAME)) {
      List<PastReview> own = by(past, plan, match, review -> review.place().is(place));
      if (!own.isEmpty()) {
        return Optional.of(new Basis(Basis.Of.REPOSITORY, match, alike, own));
      }
    }
    for (PlanMatch match : PlanMatch.values()) {
      List<PastReview> all = by(past, plan, match, review -> true);
      if (all.isEmpty()) {
        continue;
      }
      List<PastReview> similar =
          all.stream().filter(review -> place.isLike(review.place())).toList();
      return Optional.of(
          similar.size() >= LEAST_SIMILAR
              ? new Basis(Basis.Of.SIMILAR, match, alike, similar)
              : new Basis(Basis.Of.ALL, match, alike, all));
    }
    return Optional.empty();
  }

  private static List<PastReview> by(
      List<PastReview> past, PlanMark plan, PlanMatch match, Predicate<PastReview> wanted) {
    return past.stream()
        .filter(review -> PlanMatch.of(plan, review.plan()) == match)
        .filter(wanted)
        .toList();
  }

  /**
   * What many come to together: each draws one of its costs, again and again. Adding up p90s would
   * have all be dear at once.
   *
   * @param costs what each may cost, at least one value each
   * @param of how many there are in all, at least as many; where there are more, those that are
   *     known stand for the others, which widens the spread
   * @return the sums, as many as there were rounds
   */
  static double[] sums(List<double[]> costs, int of) {
    double[] sums = new double[ROUNDS];
    if (costs.isEmpty()) {
      return sums;
    }
    Random random = new Random(SEED);
    boolean sampled = of > costs.size();
    Arrays.setAll(
        sums,
        round -> {
          double sum = 0;
          for (int i = 0; i < costs.size(); i++) {
            double[] each = costs.get(sampled ? random.nextInt(costs.size()) : i);
            sum += each[random.nextInt(each.length)];
          }
          return sum * of / costs.size();
        });
    return sums;
  }
}
