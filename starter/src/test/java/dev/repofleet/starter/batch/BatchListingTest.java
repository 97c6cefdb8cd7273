package dev.repofleet.starter.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import io.temporal.api.common.v1.Memo;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BatchListingTest {
  private static final WorkflowExecutionInfo LATEST_RUN =
      WorkflowExecutionInfo.newBuilder().setStartTime(Timestamps.fromMillis(9_000_000)).build();

  @Test
  void a_batch_in_its_first_run_began_with_it() {
    assertThat(BatchListing.startedAt(LATEST_RUN, DefaultDataConverter.STANDARD_INSTANCE))
        .isEqualTo(Instant.ofEpochMilli(9_000_000));
  }

  @Test
  void a_batch_that_continued_as_new_began_with_its_first_run() {
    Memo memo =
        Memo.newBuilder()
            .putFields(
                ReviewBatchWorkflow.STARTED_AT_MEMO,
                DefaultDataConverter.STANDARD_INSTANCE.toPayload(1_000L).orElseThrow())
            .build();

    assertThat(
            BatchListing.startedAt(
                LATEST_RUN.toBuilder().setMemo(memo).build(),
                DefaultDataConverter.STANDARD_INSTANCE))
        .isEqualTo(Instant.ofEpochMilli(1_000));
  }
}
