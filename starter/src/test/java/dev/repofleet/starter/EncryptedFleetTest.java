package dev.repofleet.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.client.encryption.EncryptionKeys;
import dev.repofleet.workflows.client.encryption.PayloadEncryption;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.WorkflowExecutionConfig;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who comes to a fleet that is encrypted without its key, or with another one under its id. */
class EncryptedFleetTest {
  private static final String BATCH = "nightly";
  private static final String KEYS = "one:" + key(1);

  @TempDir Path folder = Path.of("");

  private final GuardedFront front = encrypted();

  private static String key(int first) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) first;
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** A server whose newest workflow was started with the key. */
  private static GuardedFront encrypted() {
    GuardedFront server = GuardedFront.plain(0);
    WorkflowExecution newest =
        WorkflowExecution.newBuilder().setWorkflowId("review-batch/one").build();
    server.answer(
        WorkflowServiceGrpc.getListWorkflowExecutionsMethod(),
        ListWorkflowExecutionsResponse.newBuilder()
            .addExecutions(WorkflowExecutionInfo.newBuilder().setExecution(newest))
            .build());
    Payloads input =
        PayloadEncryption.converter(PayloadEncryption.keys(Map.of(EncryptionKeys.VARIABLE, KEYS)))
            .toPayloads("targets and plan")
            .orElseThrow();
    server.answer(
        WorkflowServiceGrpc.getGetWorkflowExecutionHistoryMethod(),
        GetWorkflowExecutionHistoryResponse.newBuilder()
            .setHistory(
                History.newBuilder()
                    .addEvents(
                        HistoryEvent.newBuilder()
                            .setWorkflowExecutionStartedEventAttributes(
                                WorkflowExecutionStartedEventAttributes.newBuilder()
                                    .setInput(input))))
            .build());
    return server;
  }

  @AfterEach
  void close() {
    front.close();
  }

  private TestProgram program(GuardedFront server, String keys) {
    return new TestProgram(folder)
        .with("TEMPORAL_ADDRESS", server.address())
        .with("TEMPORAL_CONFIG_FILE", "/dev/null/none")
        .with(EncryptionKeys.VARIABLE, keys);
  }

  /** The server knows a batch of the fleet, which has ended, and the store has its targets. */
  private void knownBatch() {
    try (GuardedFront plain = GuardedFront.plain(0)) {
      TestProgram.Outcome started =
          program(plain, "")
              .run("review", "--detach", "--batch", BATCH, "--agent", "rehearsal", "owner/name");
      assertThat(started.exit()).as(started.err()).isZero();
    }
    front.answer(
        WorkflowServiceGrpc.getDescribeWorkflowExecutionMethod(),
        DescribeWorkflowExecutionResponse.newBuilder()
            .setExecutionConfig(
                WorkflowExecutionConfig.newBuilder()
                    .setTaskQueue(TaskQueue.newBuilder().setName("repofleet")))
            .setWorkflowExecutionInfo(
                WorkflowExecutionInfo.newBuilder()
                    .setStatus(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED))
            .build());
  }

  private static Stream<Arguments> giveWork() {
    return Stream.of(
        arguments((Object) new String[] {"retry", BATCH, "--failed"}),
        arguments((Object) new String[] {"add", BATCH, "owner/other"}),
        arguments((Object) new String[] {"set", BATCH, "--concurrency", "5"}),
        arguments((Object) new String[] {"follow-up", BATCH, "owner/name", "Look once more."}),
        arguments((Object) new String[] {"approve", BATCH, "owner/name"}),
        arguments((Object) new String[] {"publish", BATCH, "--branch"}),
        arguments((Object) new String[] {"pool", "set", "--maximum", "5"}),
        arguments((Object) new String[] {"pool", "rebuild"}),
        arguments((Object) new String[] {"review", "owner/name", "--dry-run"}));
  }

  @ParameterizedTest
  @MethodSource("giveWork")
  void who_has_no_key_gives_the_fleet_no_work_that_all_can_read(String... command)
      throws IOException {
    knownBatch();
    List<Path> before = stored();
    TestProgram.Outcome outcome = program(front, "").run(command);
    assertThat(outcome.err()).contains("encrypted with key 'one'", EncryptionKeys.VARIABLE);
    assertThat(outcome.exit()).isEqualTo(5);
    assertThat(front.wasCalled(WorkflowServiceGrpc.getStartWorkflowExecutionMethod())).isFalse();
    assertThat(front.wasCalled(WorkflowServiceGrpc.getUpdateWorkflowExecutionMethod())).isFalse();
    assertThat(stored()).isEqualTo(before);
  }

  private List<Path> stored() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void a_pool_is_rebuilt_by_nobody_who_has_another_key() {
    knownBatch();
    for (String keys : List.of("two:" + key(2), "one:" + key(2))) {
      TestProgram.Outcome outcome = program(front, keys).run("pool", "rebuild");
      assertThat(outcome.exit()).as(outcome.err()).isEqualTo(5);
      assertThat(outcome.err()).contains("key 'one'");
    }
    assertThat(front.wasCalled(WorkflowServiceGrpc.getStartWorkflowExecutionMethod())).isFalse();
  }

  @Test
  void nobody_comes_without_keys_where_they_are_required() {
    TestProgram.Outcome outcome =
        program(front, "").with("REPOFLEET_ENCRYPTION", "required").run("list");
    assertThat(outcome.err()).contains("REPOFLEET_ENCRYPTION is 'required'", "docs/encryption.md");
    assertThat(outcome.exit()).isEqualTo(5);
  }

  private TestProgram.Outcome review(String keys) {
    return program(front, keys).run("review", "--detach", "--agent", "rehearsal", "owner/name");
  }

  @Test
  void another_key_under_the_id_of_the_fleets_is_refused_as_a_missing_one_is() {
    TestProgram.Outcome other = review("one:" + key(2));
    assertThat(other.err()).contains("does not fit key 'one'");
    assertThat(other.exit()).isEqualTo(5);
    TestProgram.Outcome missing = review("");
    assertThat(missing.err()).contains("encrypted with key 'one'", EncryptionKeys.VARIABLE);
    assertThat(missing.exit()).isEqualTo(5);
    assertThat(front.wasCalled(WorkflowServiceGrpc.getStartWorkflowExecutionMethod())).isFalse();
    TestProgram.Outcome right = review("two:" + key(2) + "," + KEYS);
    assertThat(right.exit()).as(right.err()).isZero();
    assertThat(front.wasCalled(WorkflowServiceGrpc.getStartWorkflowExecutionMethod())).isTrue();
  }
}
