package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.progress.BatchInput;
import java.util.Set;

/**
 * What people may not do to a batch as it stands, with the reason for them: what the validators of
 * its updates refuse. Changes nothing. Not thread-safe.
 */
final class UpdateChecks {
  /** With what else a batch carries they fit the 2 MB of a Continue-As-New's input. */
  static final int MOST_AGAIN = 25_000;

  private final BatchState state;
  private final String batch;

  UpdateChecks(BatchState state, String batch) {
    this.state = state;
    this.batch = batch;
  }

  private void requireNot(boolean wrong, String verb, String why) {
    if (wrong) {
      throw new IllegalStateException("cannot " + verb + " batch " + batch + ": " + why);
    }
  }

  void pause() {
    requireNot(state.isPaused(), "pause", "it is paused already");
  }

  void resume() {
    requireNot(
        state.held() == null && !state.isPaused(), "resume", "it is neither paused nor held");
  }

  /**
   * Another window, another budget.
   *
   * @throws IllegalArgumentException when one of them can't be had
   */
  void set(BatchSettings change) {
    requireNot(
        change.window() == null && change.budgetUsd() == null, "set", "nothing is to be changed");
    if (change.window() != null) {
      BatchInput.requireWindow(change.window());
    }
    if (change.budgetUsd() != null) {
      state.limits().withBudget(change.budgetUsd());
    }
  }

  void add(TargetsToAdd wanted) {
    int total = state.targets().count();
    requireNot(wanted.manifest().count() < 1, "add to", "the manifest has no target");
    requireNot(
        wanted.expectedTotal() != total,
        "add to",
        "it has grown to " + total + " targets meanwhile; add them again");
    requireNot(
        total > Integer.MAX_VALUE - wanted.manifest().count(), "add to", "it would be too large");
  }

  /** What is asked for again is carried one by one, and a Continue-As-New has room for so many. */
  void retry(RepositorySelection wanted) {
    selection("retry", wanted);
    Set<Integer> asked = state.askedAgain();
    asked.addAll(wanted.indices());
    if (wanted.incomplete()) {
      state.incomplete().forEachIncomplete(asked::add);
    }
    requireNot(
        asked.size() > MOST_AGAIN,
        "retry in",
        asked.size()
            + " of its repositories would have been asked for again, of which it can keep "
            + MOST_AGAIN
            + ": name fewer, or start a new batch with them");
  }

  /** Which repositories a verb is to take. */
  void selection(String verb, RepositorySelection wanted) {
    requireNot(
        wanted.indices().isEmpty() && !wanted.incomplete(), verb + " in", "nothing was named");
    requireNot(
        wanted.indices().size() > RepositorySelection.MOST,
        verb + " in",
        "more than " + RepositorySelection.MOST + " repositories are named one by one");
    int total = state.targets().count();
    for (int index : wanted.indices()) {
      requireNot(
          index < 0 || index >= total, verb + " in", "it has no target " + index + " of " + total);
    }
    requireNot(
        wanted.indices().isEmpty() && !state.hasIncomplete(),
        verb + " in",
        "nothing that has ended is incomplete");
  }
}
