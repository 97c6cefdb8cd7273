package dev.repofleet.starter.followup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.Status;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same prompt twice, at a server that does not say what became of the first. */
class FollowUpTwiceTest {
  private static final String SERVICE = "temporal.api.workflowservice.v1.WorkflowService/";
  private static final String PROMPT = "Mark them once more.";

  private final GuardedFront server = GuardedFront.plain(0);

  @TempDir Path folder = Path.of("");
  private TestProgram program = new TestProgram(folder);
  private ArtifactStore store;
  private TargetRow row;

  @BeforeEach
  void reviewOne() {
    String place = folder.resolve("store").toString();
    store = ArtifactStores.open(place);
    TargetSpec spec = new TargetParser(path -> false).parse("owner/name");
    CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
    row = TargetRow.git(0, TargetKey.of(canonical, null, null), spec, canonical);
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      writer.add(row);
      writer.finish();
    }
    store.putNamed(
        ArtifactPaths.review("b", row.key()),
        ArtifactJson.pretty(RepositoryResult.builder("b", row, RepositoryStatus.COMPLETE).build()));
    program =
        new TestProgram(folder)
            .with("REPOFLEET_ARTIFACTS", place)
            .with("TEMPORAL_ADDRESS", server.address());
    server.answer(
        WorkflowServiceGrpc.getDescribeWorkflowExecutionMethod(),
        DescribeWorkflowExecutionResponse.newBuilder()
            .setWorkflowExecutionInfo(
                WorkflowExecutionInfo.newBuilder()
                    .setStatus(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED))
            .build());
    server.deny(SERVICE + "UpdateWorkflowExecution", Status.UNAVAILABLE);
    server.deny(SERVICE + "StartWorkflowExecution", Status.FAILED_PRECONDITION);
  }

  @AfterEach
  void stopTheServer() {
    server.close();
  }

  private TestProgram.Outcome followUp() {
    return program.run("follow-up", "b", row.key(), PROMPT);
  }

  private boolean mayBeTaken(boolean running) {
    try (TemporalConnection connection =
        TemporalConnection.open(
            Map.of("TEMPORAL_ADDRESS", server.address(), "TEMPORAL_NAMESPACE", "default"))) {
      return new FollowUpRequest(
              connection, new BatchRecords(store, "b"), row, Clock.systemUTC(), line -> {})
          .mayBeTaken(PROMPT.getBytes(UTF_8), running);
    }
  }

  /** As the review writes it when it ends; the prompt's turn is its last. */
  private void endWith(int turn) {
    String prompt = store.put(PROMPT.getBytes(UTF_8)).uri();
    String text = store.put("They are marked.".getBytes(UTF_8)).uri();
    String usage =
        """
        {"inputTokens": 0, "cacheReadTokens": 0, "cacheWriteTokens": 0, "outputTokens": 0,
         "costUsd": 0.0, "costSource": "estimated"}""";
    String state =
        """
        {"review": {
           "schemaVersion": 1, "fleet": "repofleet", "batch": "b", "index": 0, "key": "%1$s",
           "target": {"name": "owner/name", "url": "https://github.com/owner/name"},
           "plan": {"uri": "artifact:p", "sha256": "%2$s", "name": "audit"},
           "outline": {
             "name": "audit", "template": "claude", "budgetUsd": 2.0, "turns": 80, "time": 2700.0,
             "sandboxTime": 3600.0, "followUps": []},
           "agent": "claude", "generation": 0, "heartbeatTimeout": 30.0, "checkpointEvery": 60.0},
         "status": "complete", "sessionId": "s", "startedAt": 1, "endedAt": 2, "sandboxes": 1,
         "sandboxMilliseconds": 1, "stepMilliseconds": {}, "asked": {"%3$s": %4$d},
         "turns": [{
           "turn": %4$d, "prompt": "FOLLOW_UP", "incarnation": 0, "agentTurns": 1,
           "milliseconds": 1, "promptEntered": true, "textUri": "%5$s", "usage": %6$s}]}
        """
            .formatted(row.key(), "a".repeat(64), prompt, turn, text, usage);
    store.putNamed(ArtifactPaths.state("b", row.key()), state.getBytes(UTF_8));
  }

  @Test
  void whatMayHaveBeenTakenIsWaitedForAndItsAnswerIsTold() {
    endWith(1);
    TestProgram.Outcome unknown = followUp();
    assertThat(unknown.exit()).as(unknown.err()).isEqualTo(5);
    assertThat(mayBeTaken(true)).as("while the review runs").isTrue();
    assertThat(mayBeTaken(false)).as("it ended, and there is the old answer alone").isFalse();

    endWith(2);
    TestProgram.Outcome again = followUp();
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(again.err()).contains("was asked this before", "not asked twice");
    assertThat(again.out()).contains("They are marked.");

    assertThat(mayBeTaken(true)).as("now it would be another").isFalse();
    assertThat(followUp().exit()).as("asked anew, which the server does not take").isEqualTo(5);
  }

  @Test
  void whatMayHaveBeenTakenIsToldToWhoDoesNotWaitEither() {
    endWith(1);
    assertThat(followUp().exit()).isEqualTo(5);
    endWith(2);

    TestProgram.Outcome again = program.run("follow-up", "b", row.key(), PROMPT, "--detach");
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(again.out()).contains("They are marked.");
    assertThat(program.run("follow-up", "b", row.key(), PROMPT, "--detach").exit())
        .as("asked anew, which the server does not take")
        .isEqualTo(5);
  }

  @Test
  void whatWasTakenMayBeAskedOnceMore() {
    endWith(1);
    server.deny(SERVICE + "UpdateWorkflowExecution", Status.NOT_FOUND);
    server.deny(SERVICE + "StartWorkflowExecution", Status.OK);
    assertThat(program.run("follow-up", "b", row.key(), PROMPT, "--detach").exit()).isZero();
    assertThat(mayBeTaken(true)).isFalse();
    endWith(2);
    assertThat(mayBeTaken(false)).isFalse();
  }
}
