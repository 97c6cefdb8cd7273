package dev.repofleet.e2b;

import java.io.Serializable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server answered, and the answer is an error: an HTTP status, or the error of a Connect stream
 * translated to the status the Connect protocol gives it.
 *
 * <p>The subclasses name what callers decide on. What has none, for example 400, 500 or the 507 of
 * a full disk, is of this class itself. After a 5xx of a create a sandbox may exist.
 */
public sealed class E2bStatusException extends E2bException
    permits AuthenticationException,
        NotFoundException,
        RateLimitedException,
        SandboxNotFoundException,
        SandboxUnavailableException {

  /**
   * What the server said, without any header or secret.
   *
   * @param operation what was attempted, in words, for example {@code read /x in sandbox i123}
   * @param status the HTTP status, or the status that belongs to a Connect error code
   * @param method the HTTP method
   * @param path the path of the URL, without its query
   * @param serverMessage the body's message, or the start of a body that has none; may be empty
   * @param errorCode the machine-readable code, for example {@code sandbox_capacity_unavailable} or
   *     {@code not_found}
   */
  public record Answer(
      String operation,
      int status,
      String method,
      String path,
      String serverMessage,
      @Nullable String errorCode)
      implements Serializable {

    String describe(String advice) {
      String said = serverMessage.isEmpty() ? "" : ": " + serverMessage;
      String hint = advice.isEmpty() ? "" : " (" + advice + ")";
      return "cannot %s: HTTP %d for %s %s%s%s"
          .formatted(operation, status, method, path, said, hint);
    }
  }

  private final Answer answer;

  /** An error that only its status names. */
  public E2bStatusException(Answer answer) {
    this(answer, "");
  }

  E2bStatusException(Answer answer, String advice) {
    super(answer.describe(advice), null);
    this.answer = answer;
  }

  /** The HTTP status, or the one that belongs to a Connect error code. */
  public int status() {
    return answer.status();
  }

  /** The HTTP method of the refused request. */
  public String method() {
    return answer.method();
  }

  /** The path of the refused request's URL, without its query. */
  public String path() {
    return answer.path();
  }

  /** The server's own words, at most 500 characters; may be empty. */
  public String serverMessage() {
    return answer.serverMessage();
  }

  /** The machine-readable code of the body, if it had one beside the status. */
  public Optional<String> errorCode() {
    return Optional.ofNullable(answer.errorCode());
  }
}
