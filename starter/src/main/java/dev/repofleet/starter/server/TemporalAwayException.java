package dev.repofleet.starter.server;

import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Temporal server does not answer now. Batches go on without it being asked. */
public final class TemporalAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the reason in a few words. */
  public TemporalAwayException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Of a call that failed: with the server's address and gRPC's status, or that the login is
   * refused.
   *
   * @param failure which has the status, or something that has; the SDK's own words name the
   *     workflow alone
   * @param more what that means and the way out, as it goes on after the reason; may be empty
   */
  public static TemporalAwayException of(
      TemporalConnection connection, Throwable failure, String more) {
    Optional<Status.Code> code = code(failure);
    boolean refused =
        code.filter(is -> is == Status.Code.UNAUTHENTICATED || is == Status.Code.PERMISSION_DENIED)
            .isPresent();
    String reason =
        refused
            ? " refuses the login (check TEMPORAL_API_KEY or TEMPORAL_TLS_*)"
            : " does not answer ("
                + code.map(Enum::name).orElseGet(() -> String.valueOf(failure.getMessage()))
                + ")";
    return new TemporalAwayException(
        "Temporal at " + connection.address() + reason + more, failure);
  }

  private static Optional<Status.Code> code(Throwable failure) {
    for (Throwable link = failure; link != null; link = link.getCause()) {
      if (link instanceof StatusRuntimeException status) {
        return Optional.of(status.getStatus().getCode());
      }
    }
    return Optional.empty();
  }
}
