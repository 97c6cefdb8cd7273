package dev.repofleet.e2b.local.fault;

import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.SandboxAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the fault switches do to one request.
 *
 * @param fault the one that struck, if any
 * @param delay before it is served
 */
public record Strike(@Nullable Fault fault, Duration delay) {
  /** What is done to a stream after some of its frames. */
  private static final Set<FaultKind> STREAMS =
      EnumSet.of(
          FaultKind.CUT_STREAM,
          FaultKind.FROZEN_STREAM,
          FaultKind.TRUNCATED_FRAME,
          FaultKind.GARBAGE_FRAME,
          FaultKind.HUGE_FRAME);

  public static final Strike NONE = new Strike(null, Duration.ZERO);

  public boolean is(FaultKind kind) {
    return fault != null && fault.kind() == kind;
  }

  /** How many frames of a stream pass; all of them unless it is to be cut or frozen. */
  public int frames() {
    return fault != null && STREAMS.contains(fault.kind()) ? fault.frames() : Integer.MAX_VALUE;
  }

  /**
   * The answer in place of the request's own, if it is not served at all.
   *
   * @param address of the sandbox; null on the control plane
   */
  public Optional<HttpReply> refusal(@Nullable SandboxAddress address) {
    if (fault == null) {
      return Optional.empty();
    }
    return switch (fault.kind()) {
      case GONE -> Optional.of(about(address, 502, "The sandbox was not found"));
      case DISK_FULL ->
          Optional.of(HttpReply.error(507, "not enough disk space available (a fault switch)"));
      case RESTART_ENVD, PORT_CLOSED ->
          Optional.of(about(address, 502, "The sandbox is running but port is not open"));
      case TRANSITIONING ->
          Optional.of(
              about(address, 409, "The sandbox is still transitioning. Try again in a moment."));
      case INTERNAL_ERROR -> Optional.of(HttpReply.error(500, "a fault switch of a local server"));
      case QUOTA ->
          Optional.of(
              HttpReply.error(
                  429,
                  "you have reached the maximum number of concurrent E2B sandboxes (0). This is a"
                      + " fault switch of a local server"));
      case RATE_LIMITED -> {
        String seconds = Integer.toString(fault.retryAfterSeconds());
        yield Optional.of(
            HttpReply.json(
                429,
                HttpReply.errorBody(429, "Rate limit exceeded"),
                Map.of("Retry-After", seconds, "RateLimit-Reset", seconds)));
      }
      case CUT_STREAM,
          MISSING_END,
          FROZEN_STREAM,
          TRUNCATED_FRAME,
          GARBAGE_FRAME,
          HUGE_FRAME,
          NO_ANSWER,
          LOST_ANSWER,
          LATENCY ->
          Optional.empty();
    };
  }

  private HttpReply about(@Nullable SandboxAddress address, int status, String message) {
    var body = HttpReply.errorBody(status, message);
    if (address != null) {
      body.put("sandboxId", Redaction.printable(address.sandboxId()));
      if (is(FaultKind.RESTART_ENVD) || is(FaultKind.PORT_CLOSED)) {
        body.put("port", address.port());
      }
    }
    return HttpReply.json(status, body);
  }
}
