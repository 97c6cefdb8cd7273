package dev.repofleet.e2b.local;

/** A refused call into a sandbox, as Connect names it. The message goes to the caller. */
final class RpcException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final RpcCode code;

  RpcException(RpcCode code, String message) {
    super(message);
    this.code = code;
  }

  RpcCode code() {
    return code;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
