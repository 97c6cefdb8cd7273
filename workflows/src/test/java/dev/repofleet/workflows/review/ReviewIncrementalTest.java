package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A review of what changed: what its agent was told first stands. */
@Timeout(600)
class ReviewIncrementalTest {
  private static final Incremental SINCE = Incremental.since("ba5e", "monday", "repo-9");

  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  @BeforeEach
  void reviewBefore() {
    world.reviewedUpTo(SINCE);
  }

  private List<Incremental> told() {
    return world.agent().turns().stream()
        .map(TurnInput::facts)
        .map(facts -> Objects.requireNonNull(facts, "facts"))
        .map(facts -> Objects.requireNonNull(facts.incremental()))
        .toList();
  }

  @Test
  void keepsWhatTheFirstCloneFoundInAnotherSandbox(TestWorkflowEnvironment environment) {
    AtomicBoolean first = new AtomicBoolean(true);
    world.during(
        "Run",
        () -> {
          if (first.getAndSet(false)) {
            world.sandboxes().loseAll();
          }
        });

    TestFleet.start(environment, world)
        .startReview(Inputs.review(Inputs.outline("always")))
        .getResult(RepositoryEnded.class);

    assertThat(world.callsOf("Clone")).isEqualTo(2);
    assertThat(told()).containsOnly(SINCE.compared(1));
    assertThat(world.report().incremental()).isEqualTo(SINCE.compared(1));
    assertThat(Objects.requireNonNull(world.report().cloned()).ignored())
        .isEqualTo(new ReviewIgnore(1, 1, null, null));
  }

  @Test
  void isComparedWithTheSameOnceMoreWhenAPersonAsksForItAgain(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startReview(input(0)).getResult(RepositoryEnded.class);
    world.reviewedUpTo(Incremental.since("newer", "tuesday", "repo-1"));

    fleet.startReviewAgain(input(1)).getResult(RepositoryEnded.class);

    assertThat(told()).as("counted anew").containsExactly(SINCE.compared(1), SINCE.compared(2));
  }

  private static ReviewInput input(int generation) {
    return Inputs.review(Inputs.outline(), generation);
  }
}
