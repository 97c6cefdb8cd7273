package dev.repofleet.starter.batch;

import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.review.RepositoryProgress;

/** Where a review is, in words for a person. */
public final class StageWords {
  private StageWords() {}

  /** As a line says it, with the commands that answer where a person is waited for. */
  public static String of(String batch, String key, RepositoryProgress progress) {
    Integer awaiting = progress.awaiting();
    if (awaiting != null) {
      return "%s: `repofleet approve %s %s` or `reject` answers it"
          .formatted(waits(awaiting), batch, key);
    }
    return inTable(progress);
  }

  /** Where it is, with the follow-up that waits. */
  static String inTable(RepositoryProgress progress) {
    Integer awaiting = progress.awaiting();
    if (awaiting != null) {
      return waits(awaiting);
    }
    boolean inTurn = progress.stage() == Stage.RUN || progress.stage() == Stage.FOLLOW_UP;
    return progress.stage().code() + (inTurn ? " turn " + progress.turn() : "");
  }

  /** Two words at the most, for a table. */
  public static String brief(RepositoryProgress progress) {
    return progress.awaiting() != null
        ? "waits for you"
        : progress.stage() == Stage.FOLLOW_UP ? "follow-up" : progress.stage().code();
  }

  /** Counted from 1, as people do. */
  static String waits(int followUp) {
    return "follow-up " + (followUp + 1) + " waits for an answer";
  }
}
