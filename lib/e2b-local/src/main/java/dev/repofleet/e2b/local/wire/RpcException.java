package dev.repofleet.e2b.local.wire;

/** A refused call into a sandbox, as Connect names it. The message goes to the caller. */
public final class RpcException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final RpcCode code;

  public RpcException(RpcCode code, String message) {
    super(message);
    this.code = code;
  }

  public RpcCode code() {
    return code;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
