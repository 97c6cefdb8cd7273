package dev.repofleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.repofleet.workflows.activities.batch.BatchNews;
import dev.repofleet.workflows.progress.RepositoryParked;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BatchLineActivitiesTest {
  private static final RepositoryParked PARKED = new RepositoryParked(7, true);

  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder()
          .registerWorkflowImplementationTypes(ListeningBatch.class)
          .build();

  @Test
  void signalsTheBatch(TestWorkflowEnvironment environment, WorkflowOptions options) {
    WorkflowStub batch =
        environment
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                "Listening",
                WorkflowOptions.newBuilder(options).setWorkflowId("review-batch/nightly").build());
    batch.start();

    line(environment).tellBatch(new BatchNews("review-batch/nightly", null, PARKED));

    assertThat(batch.getResult(RepositoryParked.class)).isEqualTo(PARKED);
  }

  @Test
  void saysNothingToABatchThatIsGone(TestWorkflowEnvironment environment) {
    assertThatCode(
            () ->
                line(environment).tellBatch(new BatchNews("review-batch/forgotten", null, PARKED)))
        .doesNotThrowAnyException();
  }

  private static BatchLineActivitiesImpl line(TestWorkflowEnvironment environment) {
    return new BatchLineActivitiesImpl(environment.getWorkflowClient());
  }

  /** Ends with what it is told. */
  @WorkflowInterface
  public interface Listening {
    @WorkflowMethod
    RepositoryParked run();

    @SignalMethod
    void parked(RepositoryParked repository);
  }

  /** {@inheritDoc} */
  public static final class ListeningBatch implements Listening {
    private @Nullable RepositoryParked heard;

    @Override
    public RepositoryParked run() {
      Workflow.await(() -> heard != null);
      return Objects.requireNonNull(heard);
    }

    @Override
    public void parked(RepositoryParked repository) {
      heard = repository;
    }
  }
}
