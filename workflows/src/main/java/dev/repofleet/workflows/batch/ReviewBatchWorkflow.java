package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.progress.BatchHold;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RepositoryParked;
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
 *
 * <p>Every Update answers with what it changed, and is refused by a sentence that says why once the
 * batch ends.
 */
@WorkflowInterface
public interface ReviewBatchWorkflow {
  /** Memo entry: when the batch began, in milliseconds of the epoch; of runs after its first. */
  String STARTED_AT_MEMO = "startedAt";

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
   * A person pauses the batch: nothing is started, and what is in work stops before the next step
   * that costs money, its sandbox paused. Refused while it is paused.
   */
  @UpdateMethod
  BatchPaused pause();

  /** Refuses what {@link #pause} refuses. */
  @UpdateValidatorMethod(updateName = "pause")
  void checkPause();

  /**
   * A person lets a paused or held batch go on. The pool is resumed by itself, and first: it would
   * only be asked in vain. Refused while the batch is neither.
   */
  @UpdateMethod
  BatchResumed resume();

  /** Refuses what {@link #resume} refuses. */
  @UpdateValidatorMethod(updateName = "resume")
  void checkResume();

  /**
   * Changes settings; what is absent stays. A window that shrinks stops nothing that is in work, a
   * budget neither. Refused when nothing is to be changed, or a value is out of bounds.
   */
  @UpdateMethod
  BatchSet set(BatchSettings change);

  /** Refuses what {@link #set} refuses. */
  @UpdateValidatorMethod(updateName = "set")
  void checkSet(BatchSettings change);

  /**
   * Reviews repositories that have ended once more, each in a new generation: with a session of its
   * own, and its result in place of the old one. Refused when nothing is named, or nothing that has
   * ended is incomplete where that was asked for.
   */
  @UpdateMethod
  RepositoriesRequeued retry(RepositorySelection wanted);

  /** Refuses what {@link #retry} refuses. */
  @UpdateValidatorMethod(updateName = "retry")
  void checkRetry(RepositorySelection wanted);

  /**
   * Cancels some of the repositories: those in work are stopped, those queued not started, those
   * waiting to be reviewed once more stay as they are. Refused when none is named.
   */
  @UpdateMethod
  RepositoriesCancelled cancelRepositories(RepositorySelection wanted);

  /** Refuses what {@link #cancelRepositories} refuses. */
  @UpdateValidatorMethod(updateName = "cancelRepositories")
  void checkCancelRepositories(RepositorySelection wanted);

  /**
   * Takes more targets in. Returns once they are part of the batch. Refused when it has grown since
   * they were compared with its own, and while others are being added.
   */
  @UpdateMethod
  TargetsAdded add(TargetsToAdd wanted);

  /** Refuses what {@link #add} refuses. */
  @UpdateValidatorMethod(updateName = "add")
  void checkAdd(TargetsToAdd wanted);

  /** How the batch stands now. */
  @QueryMethod
  BatchProgress progress();
}
