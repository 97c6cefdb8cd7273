package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchInput;

/**
 * A batch that has ended and goes on because a person wants something more of it: {@link #input} is
 * then what its workflow is started with once more. Repositories that are done stay so. Not
 * thread-safe.
 */
public final class ReopenedBatch {
  private final BatchState state;

  private ReopenedBatch(BatchState state) {
    this.state = state;
  }

  /**
   * From what the batch knew at its end.
   *
   * @throws IllegalStateException when it ended before a worker knew its plan
   */
  public static ReopenedBatch of(BatchReport end) {
    BatchInput input = end.batch();
    if (input.progress() == null) {
      throw new IllegalStateException(
          "batch " + input.batch() + " ended before its first repository: start it anew");
    }
    BatchState state = new BatchState(input, end.startedAt());
    if (state.held() != null || state.isPaused()) {
      state.resume(end.endedAt());
    }
    state.forgetFailureLimit();
    return new ReopenedBatch(state);
  }

  /**
   * Reviews repositories once more; with all that are incomplete also those that never began.
   *
   * @throws IllegalStateException when nothing is named that could be reviewed, or no money is left
   */
  public RepositoriesRequeued retry(RepositorySelection wanted) {
    if (!wanted.incomplete()) {
      state.closeRest();
    }
    int neverBegan = state.queued();
    boolean onlyThose = wanted.indices().isEmpty() && !state.hasIncomplete() && neverBegan > 0;
    RepositoriesRequeued requeued =
        onlyThose ? new RepositoriesRequeued(0, 0) : state.retry(wanted);
    requireMoney();
    return new RepositoriesRequeued(requeued.requeued() + neverBegan, requeued.unfinished());
  }

  /**
   * Reviews these too, and nothing else.
   *
   * @param targets a manifest anywhere in the store
   * @throws IllegalStateException when no money is left
   */
  public TargetsAdded add(ManifestRef targets) {
    state.closeRest();
    TargetsAdded added = state.add(targets);
    requireMoney();
    return added;
  }

  private void requireMoney() {
    if (state.stopped() != null) {
      throw new IllegalStateException(
          "it would stop at once: " + state.stopped() + "; set a larger --budget-usd first");
    }
  }

  /**
   * Goes on with what a batch left that had stopped by itself.
   *
   * @throws IllegalStateException when it had not, or would at once again
   */
  public BatchSet set(BatchSettings change) {
    state.checks().set(change);
    BatchSet answer = state.set(change);
    if (!state.hasMore() || state.stopped() != null) {
      throw new IllegalStateException(
          state.hasMore()
              ? "it would stop at once again: " + state.stopped()
              : "it has ended, and nothing is left to do");
    }
    return answer;
  }

  /** What the batch's workflow is started with. */
  public BatchInput input() {
    return state.continued();
  }
}
