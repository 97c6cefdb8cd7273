package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.workflows.Refusal;
import org.jspecify.annotations.Nullable;

/** What a batch's end means to the one who asked for it. */
public final class EndJudgement {
  private EndJudgement() {}

  /**
   * The code to end with.
   *
   * @throws CommandException when the batch itself could not go on, with the reason
   */
  public static ExitCode exitCode(BatchEnd end, BatchResult result) {
    if (end.kind() == BatchEnd.Kind.FAILED) {
      String message = end.message();
      throw new CommandException(
          codeOf(end.failureType()),
          "batch "
              + result.batch()
              + " could not go on: "
              + (message == null || message.isBlank() ? "no reason was given" : message),
          null);
    }
    return switch (result.status()) {
      case COMPLETE -> ExitCode.OK;
      case STOPPED_BUDGET -> ExitCode.STOPPED_AT_BUDGET;
      default -> ExitCode.FINISHED_WITH_FAILURES;
    };
  }

  /** The code that a batch's failure stands for. */
  public static ExitCode codeOf(@Nullable String failureType) {
    if (Refusal.NO_MODEL.is(failureType) || Refusal.STORE_MISMATCH.is(failureType)) {
      return ExitCode.UNREACHABLE;
    }
    return Refusal.PLAN_INVALID.is(failureType) || Refusal.BATCH_DELETING.is(failureType)
        ? ExitCode.WRONG_USE
        : ExitCode.INTERNAL;
  }
}
