package dev.repofleet.starter.server;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Locale;

/** A server without the fleet's search attributes: it works, once they are left out. */
public final class MissingSearchAttributes {
  /** Said once when a start was refused for them, and tried without. */
  public static final String SENTENCE =
      "The server lacks the fleet's search attributes: `repofleet setup` adds them. Starting"
          + " without.";

  private MissingSearchAttributes() {}

  /** Whether they are why a start was refused. */
  public static boolean explain(Throwable failure) {
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
