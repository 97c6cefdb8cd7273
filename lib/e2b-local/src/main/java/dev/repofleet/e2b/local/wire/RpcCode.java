package dev.repofleet.e2b.local.wire;

import java.util.Locale;

/** The Connect error codes this server uses, with their HTTP statuses (E2B contract, 3.1). */
public enum RpcCode {
  INVALID_ARGUMENT(400),
  DEADLINE_EXCEEDED(504),
  NOT_FOUND(404),
  ALREADY_EXISTS(409),
  PERMISSION_DENIED(403),
  RESOURCE_EXHAUSTED(429),
  FAILED_PRECONDITION(400),
  UNIMPLEMENTED(501),
  UNAVAILABLE(503),
  UNAUTHENTICATED(401),
  INTERNAL(500);

  private final int status;

  RpcCode(int status) {
    this.status = status;
  }

  public int status() {
    return status;
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
