package dev.repofleet.starter.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.repofleet.starter.estimate.PastReview.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CostEstimatorTest {
  private static final double NO_CAP = Double.MAX_VALUE;
  private static final Place NEW = new Place("new", "host/new", null, null);

  private static List<PastReview> tenToATenth() {
    List<PastReview> ten =
        new ArrayList<>(
            IntStream.rangeClosed(1, 10)
                .mapToObj(i -> Past.review(Past.place(i, i * 1000), Past.PLAN, i / 10.0))
                .toList());
    Collections.rotate(ten, 3);
    return ten;
  }

  private static Basis basis(List<PastReview> past, Place place) {
    return new CostEstimator(past).basis(place, Past.PLAN, false).orElseThrow();
  }

  private static Spread spread(Basis basis) {
    return Spread.of(basis.costs(NO_CAP));
  }

  @Test
  void without_a_review_there_is_no_estimate() {
    assertThat(new CostEstimator(List.of()).basis(NEW, Past.PLAN, false)).isEmpty();
  }

  @Test
  void a_repository_of_unknown_size_is_judged_by_all() {
    Basis basis = basis(tenToATenth(), NEW);

    assertThat(spread(basis)).isEqualTo(new Spread(0.5, 0.9));
    assertThat(basis.sentence()).isEqualTo("10 reviews with plan security since 2026-11-01");
  }

  @Test
  void one_of_known_size_by_those_between_half_and_twice_as_large() {
    Basis basis = basis(tenToATenth(), Past.place(99, 4000));

    assertThat(basis.reviews())
        .extracting(PastReview::costUsd)
        .containsExactlyInAnyOrder(0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8);
    assertThat(spread(basis)).isEqualTo(new Spread(0.5, 0.8));
    assertThat(basis.sentence()).startsWith("7 reviews of similar size with plan");
  }

  @Test
  void two_of_similar_size_say_less_than_all() {
    assertThat(basis(tenToATenth(), Past.place(99, 500)).of()).isEqualTo(Basis.Of.ALL);
    assertThat(basis(tenToATenth(), Past.place(99, 20_000)).reviews()).hasSize(10);
  }

  @Test
  void a_path_is_compared_by_its_bundle_and_never_by_files() {
    List<PastReview> past =
        IntStream.rangeClosed(1, 4)
            .mapToObj(
                i -> Past.review(new Place("path-" + i, null, i, 1_000_000L * i), Past.PLAN, i))
            .toList();

    assertThat(basis(past, new Place("path", null, null, 2_000_000L)).reviews())
        .extracting(PastReview::costUsd)
        .containsExactly(1.0, 2.0, 3.0, 4.0);
    assertThat(basis(past, new Place("path", null, null, 1L)).of()).isEqualTo(Basis.Of.ALL);
    assertThat(basis(past, new Place("path", null, null, 2_000_000L)).of())
        .isEqualTo(Basis.Of.SIMILAR);
  }

  @Test
  void its_own_reviews_say_most() {
    List<PastReview> past = tenToATenth();
    past.add(Past.review(Past.place(3, 3100), Past.PLAN, 1.5));
    Place otherBranch = new Place("repo-3-of-another-branch", "host/repo-3", 3100, null);

    Basis basis = basis(past, otherBranch);

    assertThat(basis.reviews()).extracting(PastReview::costUsd).containsExactly(0.3, 1.5);
    assertThat(spread(basis)).isEqualTo(new Spread(0.3, 1.5));
    assertThat(basis.sentence()).isEqualTo("its own 2 reviews with plan security since 2026-11-01");
    assertThat(basis(tenToATenth(), Past.place(4, 4000)).sentence())
        .isEqualTo("its own review with plan security of 2026-11-01");
  }

  @Test
  void the_nearest_plan_counts_and_which_it_is_is_said() {
    PastReview changed = Past.review(Past.place(1, 10), Past.CHANGED, 2);
    PastReview another = Past.review(Past.place(2, 10), Past.ANOTHER, 3);

    assertThat(basis(List.of(another), NEW).sentence())
        .isEqualTo("1 review with other plans of 2026-11-01");
    assertThat(basis(List.of(another, changed), NEW).sentence())
        .isEqualTo("1 review with another version of plan security of 2026-11-01");
    assertThat(
            basis(
                    List.of(another, changed, Past.review(Past.place(5, 1), Past.PLAN, 1)),
                    Past.place(1, 10))
                .reviews())
        .as("its own by an older plan, before others by this one")
        .containsExactly(changed);
    assertThat(basis(List.of(another), Past.place(2, 10)).of())
        .as("its own by another plan is one of all")
        .isEqualTo(Basis.Of.ALL);
  }

  @Test
  void a_review_of_changes_says_nothing_of_one_of_everything_nor_the_other_way_round() {
    PastReview full = Past.review(Past.place(1, 10), Past.PLAN, 5);
    PastReview changes = Past.incremental(Past.place(2, 10), Past.PLAN, 0.05);
    CostEstimator both = new CostEstimator(List.of(full, changes));

    Basis ofChanges = both.basis(Past.place(1, 10), Past.PLAN, true).orElseThrow();
    assertThat(ofChanges.reviews()).as("not its own of everything").containsExactly(changes);
    assertThat(ofChanges.sentence())
        .isEqualTo("1 incremental review with plan security of 2026-11-01");
    assertThat(both.basis(Past.place(2, 10), Past.PLAN, false).orElseThrow().reviews())
        .containsExactly(full);
  }

  @Test
  void where_there_are_only_others_they_count_and_that_is_said() {
    CostEstimator full = new CostEstimator(List.of(Past.review(Past.place(1, 10), Past.PLAN, 5)));
    CostEstimator changes =
        new CostEstimator(List.of(Past.incremental(Past.place(1, 10), Past.PLAN, 0.05)));

    assertThat(full.basis(Past.place(1, 10), Past.PLAN, true).orElseThrow().sentence())
        .isEqualTo("its own review with plan security of 2026-11-01; there is no incremental one");
    assertThat(changes.basis(NEW, Past.PLAN, false).orElseThrow().sentence())
        .isEqualTo(
            "1 incremental review with plan security of 2026-11-01; there is none of everything");
  }

  @Test
  void no_repository_costs_more_than_its_plan_allows() {
    assertThat(basis(tenToATenth(), NEW).costs(0.25)).contains(0.1, 0.2).contains(0.25);
    assertThat(Spread.of(basis(tenToATenth(), NEW).costs(0.25))).isEqualTo(new Spread(0.25, 0.25));
  }

  @Test
  void what_always_costs_the_same_adds_up() {
    double[] sums = CostEstimator.sums(List.of(new double[] {2}, new double[] {3, 3}), 2);

    assertThat(sums).containsOnly(5.0);
    assertThat(CostEstimator.sums(List.of(), 0)).containsOnly(0.0);
  }

  @Test
  void a_hundred_coins_are_near_their_mean_and_far_from_the_sum_of_their_p90() {
    List<double[]> coins = Collections.nCopies(100, new double[] {0, 1});

    Spread spread = Spread.of(CostEstimator.sums(coins, 100));

    // A binomial of 100 halves: mean 50, standard deviation 5, nine of ten below 56.4.
    assertThat(spread.p50()).isCloseTo(50, within(1.0));
    assertThat(spread.p90()).isCloseTo(56.4, within(1.0));
    assertThat(Spread.of(CostEstimator.sums(coins, 100))).isEqualTo(spread);
  }

  @Test
  void those_that_were_looked_at_stand_for_all_with_the_doubt_of_a_sample() {
    List<double[]> some = new ArrayList<>(Collections.nCopies(50, new double[] {0}));
    some.addAll(Collections.nCopies(50, new double[] {1}));

    Spread all = Spread.of(CostEstimator.sums(some, 100));
    Spread sample = Spread.of(CostEstimator.sums(some, 10_000));

    assertThat(all).as("each is known").isEqualTo(new Spread(50, 50));
    assertThat(sample.p50()).isCloseTo(5_000, within(100.0));
    assertThat(sample.p90()).isCloseTo(5_640, within(100.0));
  }
}
