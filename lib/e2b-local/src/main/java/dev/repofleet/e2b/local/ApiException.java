package dev.repofleet.e2b.local;

/** A refused call that is answered with an int-coded error body. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient HttpReply reply;

  ApiException(HttpReply reply, String message) {
    super(message);
    this.reply = reply;
  }

  static ApiException of(int status, String message) {
    return new ApiException(HttpReply.error(status, message), message);
  }

  HttpReply reply() {
    return reply;
  }
}
