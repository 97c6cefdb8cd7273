package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.review.VerifyInput;
import dev.repofleet.workflows.activities.review.VerifyOutcome;
import dev.repofleet.workflows.activities.review.VerifyOutcome.Ending;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The plan's own command, on what the agent changed. */
@Timeout(600)
class ReviewCommandTest {
  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  private RepositoryReport review(TestWorkflowEnvironment environment, PlanOutline outline) {
    TestFleet.start(environment, world)
        .startReview(Inputs.review(outline))
        .getResult(RepositoryEnded.class);
    return world.report();
  }

  @Test
  void isRunOnceAfterTheDiffAndToldWithTheResult(TestWorkflowEnvironment environment) {
    RepositoryReport report = review(environment, Inputs.withCommand("always"));

    assertThat(world.commands())
        .containsExactly(
            new VerifyInput(Inputs.BATCH, Inputs.key(0), "sandbox-0", Inputs.PLAN, null));
    assertThat(report.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(report.verify())
        .isEqualTo(new VerifyOutcome(Ending.PASSED, 0, 2_000, "store:output", null));
    assertThat(report.stepMilliseconds()).containsKeys("diff", "verify", "release");
  }

  @Test
  void decidesNothingWhenItFails(TestWorkflowEnvironment environment) {
    VerifyOutcome failed = new VerifyOutcome(Ending.FAILED, 1, 2_000, "store:output", null);
    world.endingTheCommand(failed);

    RepositoryReport report = review(environment, Inputs.withCommand("always"));

    assertThat(report.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(report.cause()).isNull();
    assertThat(report.verify()).isEqualTo(failed);
  }

  @Test
  void isNotStartedAgainWhenNothingIsKnownOfIt(TestWorkflowEnvironment environment) {
    world.failing("Verify", 1, Cause.SANDBOX_LOST);

    RepositoryReport report = review(environment, Inputs.withCommand("always"));

    assertThat(world.callsOf("Verify")).isEqualTo(1);
    assertThat(report.status()).isEqualTo(RepositoryStatus.COMPLETE);
    VerifyOutcome told = report.verify();
    assertThat(told).isNotNull();
    assertThat(told.ending()).isEqualTo(Ending.UNKNOWN);
    assertThat(told.message()).contains("no luck in Verify");
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void isNotRunWhereNothingChangedOrThePlanHasNone(TestWorkflowEnvironment environment) {
    world.changingNothing();

    RepositoryReport report = review(environment, Inputs.withCommand("always"));

    assertThat(world.commands()).isEmpty();
    assertThat(report.verify()).isNull();
    assertThat(report.stepMilliseconds()).doesNotContainKey("verify");
  }
}
