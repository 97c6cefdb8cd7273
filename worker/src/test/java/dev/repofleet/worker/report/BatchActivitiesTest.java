package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.worker.agent.TurnResults.StoredTurn;
import dev.repofleet.worker.testing.WatchedStore;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.activities.batch.ReconcileInput;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RunningRepository;
import io.temporal.client.WorkflowClient;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a batch asks of its targets and its reviews. */
class BatchActivitiesTest {
  @TempDir private Path folder;
  private ArtifactStore store;
  private ReviewReports given;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.toString());
    given = new ReviewReports(store);
  }

  @Test
  void targetsAreReadByPageAndAnotherManifestIsRefused() {
    ManifestRef manifest = given.manifest(5);
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      BatchActivitiesImpl batches = given.batches(temporal.getWorkflowClient());
      TargetPage page = batches.readTargets(new TargetPageRequest(manifest, 2, 2));
      assertThat(page.rows()).extracting(TargetPage.Row::index).containsExactly(2, 3);
      assertThat(page.rows().get(0).target().url()).isEqualTo("https://github.com/owner/name2");
      assertThat(page.rows().get(0).target().repository()).isEqualTo("github.com/owner/name2");
      ManifestRef other = new ManifestRef(manifest.uri(), "ab".repeat(32), 5);
      ApplicationFailure failure =
          catchThrowableOfType(
              ApplicationFailure.class,
              () -> batches.readTargets(new TargetPageRequest(other, 0, 1)));
      assertThat(failure.getType()).isEqualTo("manifest_invalid");
      assertThat(failure.isNonRetryable()).isTrue();
    }
  }

  @Test
  void aPathWithNothingToReviewKeepsItsCauseAndItsProblem() {
    TargetSpec spec = new TargetParser(path -> false).parse("./app@absent");
    CanonicalTarget canonical = CanonicalTarget.ofPath(Path.of("/srv/app"));
    dev.repofleet.artifacts.target.ManifestRef written;
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      writer.add(TargetRow.unusable(0, "k", spec, canonical, "git_not_found", "no 'absent'"));
      written = writer.finish();
    }
    ManifestRef manifest = new ManifestRef(written.uri(), written.sha256(), 1);
    assertThat(given.rows(manifest))
        .extracting(TargetPage.Row::target)
        .containsExactly(
            new Target(
                "./app@absent",
                null,
                "absent",
                null,
                null,
                null,
                Cause.GIT_NOT_FOUND,
                "no 'absent'",
                "app",
                null));
  }

  @Test
  void closedReviewsAreFoundAndRunningOnesLeftAlone() throws Exception {
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      WorkflowClient client = silent(temporal, List.of("running", "terminated", "finished"));
      store.putNamed(
          ArtifactPaths.turnResult("b", "terminated", 0, 0),
          ArtifactJson.pretty(
              new StoredTurn("sandbox", "c0ffee", given.turn(0, null), null, null)));
      client.newUntypedWorkflowStub("review/b/terminated").terminate("by a person");
      given.written(given.report(2, "finished", AgentKind.CLAUDE));
      client.newUntypedWorkflowStub("review/b/finished").terminate("after its report");
      List<RepositoryEnded> ended =
          given
              .batches(client)
              .reconcile(
                  new ReconcileInput(
                      "b",
                      List.of(
                          new RunningRepository(0, "running"),
                          new RunningRepository(1, "terminated"),
                          new RunningRepository(2, "finished"),
                          new RunningRepository(3, "unknown")),
                      null))
              .ended();
      assertThat(ended).extracting(RepositoryEnded::index).containsExactly(1, 2);
      assertThat(ended.get(0).cause()).isEqualTo(Cause.INTERNAL);
      assertThat(ended.get(0).usage().costUsd()).as("the turn that had ended").isEqualTo(0.25);
      RepositoryResult terminated =
          ArtifactJson.read(
              store, "artifact:reviews/b/terminated/review.json", RepositoryResult.class, 1 << 20);
      assertThat(terminated.message()).contains("ended from outside");
      assertThat(terminated.sessionId())
          .isEqualTo(SessionId.of("review/b/terminated", 0).toString());
      assertThat(terminated.turns()).hasSize(1);
      assertThat(ended.get(1).status()).isEqualTo(RepositoryStatus.COMPLETE);
      assertThat(ended.get(1).usage().costUsd()).isEqualTo(0.5);
    }
  }

  /** Starts reviews that never end by themselves. */
  private static WorkflowClient silent(TestWorkflowEnvironment temporal, List<String> keys) {
    temporal.newWorker("q").registerWorkflowImplementationTypes(SilentImpl.class);
    temporal.start();
    WorkflowClient client = temporal.getWorkflowClient();
    for (String key : keys) {
      WorkflowClient.start(
          client.newWorkflowStub(
                  Silent.class,
                  io.temporal.client.WorkflowOptions.newBuilder()
                      .setWorkflowId("review/b/" + key)
                      .setTaskQueue("q")
                      .build())
              ::run,
          ReviewReports.review(1, key, AgentKind.CLAUDE));
    }
    return client;
  }

  @Test
  void oneThatTheStoreDoesNotGiveHidesNoOther() throws Exception {
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      WorkflowClient client = silent(temporal, List.of("broken", "terminated"));
      client.newUntypedWorkflowStub("review/b/broken").terminate("by a person");
      client.newUntypedWorkflowStub("review/b/terminated").terminate("by a person");
      BatchActivitiesImpl batches = new ReviewReports(without("/broken/")).batches(client);
      RunningRepository broken = new RunningRepository(0, "broken");
      RunningRepository other = new RunningRepository(1, "terminated");

      assertThat(batches.reconcile(new ReconcileInput("b", List.of(broken, other), null)).ended())
          .extracting(RepositoryEnded::index)
          .containsExactly(1);
      assertThatThrownBy(() -> batches.reconcile(new ReconcileInput("b", List.of(broken), null)))
          .isInstanceOf(ArtifactException.class);
    }
  }

  /** The store, which does not answer where an address has this in it. */
  private ArtifactStore without(String part) {
    return WatchedStore.of(
        store,
        (method, address) -> {
          if (address.contains(part)) {
            throw new ArtifactException("no answer for " + address);
          }
        });
  }

  /** Each look begins at another one: however little time there is, all are come to. */
  @Test
  void ofVeryManyEachLookBeginsElsewhere() throws Exception {
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      List<RunningRepository> running = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        given.written(given.report(i, "key" + i, AgentKind.CLAUDE));
        running.add(new RunningRepository(i, "key" + i));
      }
      Set<Integer> seen = new HashSet<>();
      for (int look = 0; look < 20 && seen.size() < 2; look++) {
        seen.add(
            given
                .batches(temporal.getWorkflowClient())
                .reconcile(new ReconcileInput("b", running, null))
                .ended()
                .get(0)
                .index());
      }
      assertThat(seen).hasSizeGreaterThan(1);
    }
  }

  /** Stands for a review. */
  @io.temporal.workflow.WorkflowInterface
  public interface Silent {
    /** Never ends by itself. */
    @io.temporal.workflow.WorkflowMethod
    void run(ReviewInput input);
  }

  /** Waits until it is terminated or cancelled. */
  public static final class SilentImpl implements Silent {
    @Override
    public void run(ReviewInput input) {
      io.temporal.workflow.Workflow.await(() -> false);
    }
  }
}
