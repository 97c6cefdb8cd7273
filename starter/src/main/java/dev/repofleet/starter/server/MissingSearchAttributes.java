package dev.repofleet.starter.server;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.schedules.ScheduleException;
import java.util.Locale;
import java.util.function.Consumer;

/** A server without the fleet's search attributes: it works, once they are left out. */
public final class MissingSearchAttributes {
  private MissingSearchAttributes() {}

  /**
   * Starts a workflow or creates a schedule with them and, where the server refuses that for them,
   * without. Every other failure is the caller's.
   *
   * @param talk is told when it is done without
   */
  public static void leaveOut(Runnable with, Runnable without, Consumer<String> talk) {
    try {
      with.run();
    } catch (WorkflowServiceException | ScheduleException e) {
      if (!explain(e)) {
        throw e;
      }
      talk.accept(
          "The server lacks the fleet's search attributes: `repofleet setup` adds them. Starting"
              + " without.");
      without.run();
    }
  }

  private static boolean explain(Throwable failure) {
    for (Throwable link = failure; link != null; link = link.getCause()) {
      if (link instanceof StatusRuntimeException status
          && status.getStatus().getCode() == Status.Code.INVALID_ARGUMENT) {
        return String.valueOf(status.getMessage())
            .toLowerCase(Locale.ROOT)
            .contains("search attribute");
      }
    }
    return false;
  }
}
