package dev.repofleet.starter.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.BatchFiles;
import dev.repofleet.starter.batch.BatchWorkflowStarter;
import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.starter.testing.TestProgram;
import io.grpc.Status;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowServiceException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A batch that has ended, at a server that starts nothing. */
class ReopenedNoteTest {
  private static final String SERVICE = "temporal.api.workflowservice.v1.WorkflowService/";
  private static final String NOTE = ArtifactUri.of(ArtifactPaths.reopened("b"));

  private static final String ENDED =
      """
      {"batch": {
         "schemaVersion": 1, "fleet": "repofleet", "batch": "b", "storeId": "s", "window": 1,
         "manifest": {"uri": "artifact:m", "sha256": "%1$s", "count": 2},
         "plan": {"uri": "artifact:p", "sha256": "%1$s", "name": "audit"},
         "agent": "claude", "heartbeatTimeout": 30.0, "checkpointEvery": 60.0,
         "progress": {
           "startedAt": 1, "dispatched": 1, "running": [],
           "outline": {
             "name": "audit", "template": "claude", "budgetUsd": 2.0, "turns": 80, "time": 2700.0,
             "sandboxTime": 3600.0, "followUps": []},
           "tally": {
             "byStatus": {"complete": 1},
             "findings": {"critical": 0, "high": 0, "medium": 0, "low": 0, "info": 0},
             "usage": {
               "inputTokens": 0, "cacheReadTokens": 0, "cacheWriteTokens": 0, "outputTokens": 0,
               "costUsd": 0.0, "costSource": "estimated"}}}},
       "status": "stopped_budget", "dispatched": 1, "startedAt": 1, "endedAt": 2}
      """
          .formatted("a".repeat(64));

  private final GuardedFront server = GuardedFront.plain(0);

  @TempDir Path folder = Path.of("");
  private TestProgram program = new TestProgram(folder);
  private ArtifactStore store;

  @BeforeEach
  void endABatch() {
    String place = folder.resolve("store").toString();
    store = ArtifactStores.open(place);
    store.putNamed(ArtifactPaths.batchState("b"), ENDED.getBytes(StandardCharsets.UTF_8));
    server.deny(SERVICE + "UpdateWorkflowExecution", Status.NOT_FOUND);
    program =
        new TestProgram(folder)
            .with("REPOFLEET_ARTIFACTS", place)
            .with("TEMPORAL_ADDRESS", server.address());
  }

  @AfterEach
  void stopTheServer() {
    server.close();
  }

  private TestProgram.Outcome retry() {
    return program.run("retry", "b", "--failed");
  }

  @Test
  void itStaysWhereTheWorkflowIsStarted() {
    assertThat(retry().exit()).isZero();
    assertThat(store.exists(NOTE)).isTrue();
  }

  @Test
  void itGoesWhereTheServerRefuses() {
    server.deny(SERVICE + "StartWorkflowExecution", Status.PERMISSION_DENIED);
    TestProgram.Outcome refused = retry();
    assertThat(refused.exit()).isEqualTo(5);
    assertThat(refused.err()).contains("Temporal does not allow this to the login");
    assertThat(store.exists(NOTE)).isFalse();
  }

  @Test
  void itGoesWhereTheBatchIsBeingDeleted() {
    new BatchFiles(store, "b").mark(Instant.now());
    TestProgram.Outcome refused = retry();
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("batch b is being deleted: `repofleet delete b` ends that");
    assertThat(store.exists(NOTE)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "UNKNOWN", "INTERNAL"})
  void whatMayHaveComeThroughIsNoRefusal(Status.Code code) {
    assertThat(
            BatchWorkflowStarter.isRefusal(
                new WorkflowServiceException(
                    WorkflowExecution.getDefaultInstance(),
                    "ReviewBatch",
                    code.toStatus().asRuntimeException())))
        .isFalse();
  }
}
