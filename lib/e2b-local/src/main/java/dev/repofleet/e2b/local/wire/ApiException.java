package dev.repofleet.e2b.local.wire;

/** A refused call that is answered with an int-coded error body. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient HttpReply reply;

  public ApiException(HttpReply reply, String message) {
    super(message);
    this.reply = reply;
  }

  public static ApiException of(int status, String message) {
    return new ApiException(HttpReply.error(status, message), message);
  }

  public HttpReply reply() {
    return reply;
  }
}
