package dev.repofleet.workflows.batch;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Many repositories, each reviewed once. Workflow id: {@code review-batch/<batch>}.
 *
 * <p>Keeps {@link BatchInput#window()} children in work, reads its targets by page, and continues
 * as new when its history grows; the children live on across that. Cancelling it cancels them and
 * writes what there is; terminating it leaves them running.
 */
@WorkflowInterface
public interface ReviewBatchWorkflow {

  /**
   * Runs until every repository has ended.
   *
   * <p>Fails with the type {@code store_mismatch} when the workers keep their artifacts elsewhere
   * than the batch, {@code no_model} when the agent needs a model and the workers have none, {@code
   * plan_invalid} when the plan can't be read.
   */
  @WorkflowMethod(name = "ReviewBatch")
  BatchOutcome run(BatchInput input);

  /**
   * A child tells its end. A signal, since the child may outlive the run that started it; telling
   * it twice changes nothing.
   */
  @SignalMethod
  void ended(RepositoryEnded repository);

  /**
   * A child begins or ends to wait for a person: meanwhile it takes no place in the window, so that
   * the batch moves on. Telling it twice changes nothing.
   */
  @SignalMethod
  void parked(RepositoryParked repository);

  /**
   * The pool gives no permits until a person resumes, or gives them again. While it does not, no
   * review is started. Telling it twice changes nothing.
   */
  @SignalMethod
  void held(BatchHold hold);

  /**
   * A person lets a held batch go on. The pool is resumed by itself, and first: it would only be
   * asked in vain. Refused while nothing holds the batch.
   *
   * @return what it was held for
   */
  @UpdateMethod
  BatchResumed resume();

  /** Refuses what {@link #resume} refuses. */
  @UpdateValidatorMethod(updateName = "resume")
  void checkResume();

  /** How the batch stands now. */
  @QueryMethod
  BatchProgress progress();
}
