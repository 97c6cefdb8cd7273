package dev.repofleet.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.client.encryption.EncryptionKeys;
import dev.repofleet.workflows.client.encryption.PayloadEncryption;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who comes to a fleet that is encrypted without its key, or with another one under its id. */
class EncryptedFleetTest {
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
