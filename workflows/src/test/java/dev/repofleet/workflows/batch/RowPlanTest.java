package dev.repofleet.workflows.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(600)
class RowPlanTest {
  private static final PlanRef OWN = new PlanRef("artifact:objects/own", "b".repeat(64), "p");
  private static final PlanOutline OWN_OUTLINE =
      Inputs.outline("p", 0.25, 3, Duration.ofMinutes(5), "never");

  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  @Test
  void aRowWithAPlanOfItsOwnIsReviewedByIt(TestWorkflowEnvironment environment) {
    world.rowPlans(
        row ->
            row.index() == 1
                ? new TargetPage.Row(row.index(), row.key(), row.target(), OWN, OWN_OUTLINE)
                : row);
    TestFleet.start(environment, world)
        .startBatch(Inputs.batch(3, 1))
        .getResult(BatchOutcome.class);

    assertThat(world.reports())
        .extracting(RepositoryReport::review)
        .extracting(ReviewInput::plan)
        .containsExactly(Inputs.PLAN, OWN, Inputs.PLAN);
    assertThat(world.reports().get(1).review().outline()).isEqualTo(OWN_OUTLINE);
    assertThat(world.reports().get(2).review().outline()).isNotEqualTo(OWN_OUTLINE);
  }

  @Test
  void aPlanComesWithItsOutline() {
    assertThatThrownBy(() -> new TargetPage.Row(0, "k", Inputs.target(0), OWN, null))
        .hasMessage("target k must have both a plan and its outline, or neither");
  }
}
