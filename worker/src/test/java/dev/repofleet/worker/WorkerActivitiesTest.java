package dev.repofleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.secrets.AgentEnvironment;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.worker.CheckWorkerInput;
import dev.repofleet.workflows.order.PlanOutline;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerActivitiesTest {
  @TempDir Path folder = Path.of("");

  @Test
  void theOutlineSaysWhichFollowUpsWaitForAPersonAndHowLong() {
    Plan plan =
        Plan.builder("p", "x")
            .followUps(
                List.of(
                    new FollowUp("one", "always", Approval.NONE),
                    new FollowUp("two", "findings > 0", Approval.REQUIRED)))
            .limits(
                PlanLimits.of(
                    null, null, null, null, null, null, Duration.ofHours(3), Duration.ofMinutes(4)))
            .build();

    PlanOutline outline = PlanSource.outline(plan);

    assertThat(outline.followUps()).containsExactly("always", "findings > 0");
    assertThat(outline.approvals()).containsExactly(false, true);
    assertThat(outline.approvalTime()).isEqualTo(Duration.ofHours(3));
    assertThat(outline.pausedTime()).isEqualTo(Duration.ofMinutes(4));
  }

  @Test
  void theOutlineSaysWhenFindingsAreVerified() {
    assertThat(PlanSource.outline(Plan.builder("p", "x").build()).verifyWhen()).isNull();
    assertThat(
            PlanSource.outline(Plan.builder("p", "x").verifyFindings(Severity.MEDIUM).build())
                .verifyWhen())
        .isEqualTo("findings.critical > 0 or findings.high > 0 or findings.medium > 0");
  }

  @Test
  void aPlansDefaultsAreThoseOfTheOutline() {
    assertThat(PlanLimits.DEFAULT_APPROVAL_TIME).isEqualTo(PlanOutline.DEFAULT_APPROVAL_TIME);
    assertThat(PlanLimits.DEFAULT_PAUSED_TIME).isEqualTo(PlanOutline.DEFAULT_PAUSED_TIME);
  }

  @Test
  void aPlanWhoseSecretTheWorkerDoesNotAllowFailsTheCheck() {
    ArtifactStore store = ArtifactStores.open(folder.toString());
    ArtifactRef ref =
        store.put(
            ArtifactJson.pretty(Plan.builder("p", "x").secrets(List.of("TICKETS_TOKEN")).build()));
    CheckWorkerInput input =
        new CheckWorkerInput(
            new PlanRef(ref.uri(), ref.sha256(), "p"), AgentKind.REHEARSAL, store.storeId());

    assertThatThrownBy(() -> worker(store, Map.of("TICKETS_TOKEN", "t")).checkWorker(input))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("plan_invalid");
              assertThat(failure.getOriginalMessage()).contains("REPOFLEET_PLAN_SECRETS");
            });
    Map<String, String> allowing =
        Map.of("TICKETS_TOKEN", "t", "REPOFLEET_PLAN_SECRETS", "TICKETS_TOKEN");
    assertThat(worker(store, allowing).checkWorker(input).storeId()).isEqualTo(store.storeId());
  }

  private static WorkerActivitiesImpl worker(ArtifactStore store, Map<String, String> variables) {
    return new WorkerActivitiesImpl(store, new PlanSource(store), new AgentEnvironment(variables));
  }
}
