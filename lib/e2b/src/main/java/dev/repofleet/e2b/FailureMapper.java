package dev.repofleet.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.E2bStatusException.Answer;
import dev.repofleet.e2b.SandboxUnavailableException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import okhttp3.Headers;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Turns refusals of the control plane and of sandboxes into exceptions. Immutable. */
final class FailureMapper {
  /** The Connect protocol's own table of codes and HTTP statuses. */
  private static final Map<String, Integer> CONNECT_STATUS =
      Map.ofEntries(
          Map.entry("canceled", 499),
          Map.entry("unknown", 500),
          Map.entry("invalid_argument", 400),
          Map.entry("deadline_exceeded", 504),
          Map.entry("not_found", 404),
          Map.entry("already_exists", 409),
          Map.entry("permission_denied", 403),
          Map.entry("resource_exhausted", 429),
          Map.entry("failed_precondition", 400),
          Map.entry("aborted", 409),
          Map.entry("out_of_range", 400),
          Map.entry("unimplemented", 501),
          Map.entry("internal", 500),
          Map.entry("unavailable", 503),
          Map.entry("data_loss", 500),
          Map.entry("unauthenticated", 401));

  private final List<String> secrets;

  /**
   * @param secrets what a server may echo and no message may show
   */
  FailureMapper(List<String> secrets) {
    this.secrets = List.copyOf(secrets);
  }

  /**
   * A refusal by the control plane.
   *
   * @param sandboxId the sandbox the call was about; null for create and list
   */
  E2bStatusException api(
      String operation, Request request, HttpReply reply, @Nullable String sandboxId) {
    ErrorBody body = ErrorBody.parse(reply.body()).without(secrets);
    Answer answer = answer(operation, request, reply.status(), body, body.errorCode());
    return switch (reply.status()) {
      case 401, 403 -> new AuthenticationException(answer, "check E2B_API_KEY");
      case 429 -> new RateLimitedException(answer, retryAfter(reply.headers()));
      case 404 -> apiNotFound(answer, body, sandboxId);
      default -> new E2bStatusException(answer);
    };
  }

  /** Why one of several things that a call asked for failed, while the call itself went well. */
  E2bStatusException part(String operation, Request request, JsonNode error) {
    ErrorBody body = ErrorBody.of(error).without(secrets);
    Answer answer = answer(operation, request, body.httpCode(), body, body.errorCode());
    return switch (body.httpCode()) {
      case 404 -> new NotFoundException(answer);
      case 429 -> new RateLimitedException(answer, null);
      default -> new E2bStatusException(answer);
    };
  }

  /** A refusal by the store that files of a template are uploaded to, which is none of E2B's. */
  E2bStatusException upload(String operation, Request request, HttpReply reply) {
    ErrorBody body = ErrorBody.parse(reply.body()).without(secrets);
    return new E2bStatusException(
        answer(operation, request, reply.status(), body, null),
        "the address is good for a while only: build again");
  }

  private static E2bStatusException apiNotFound(
      Answer answer, ErrorBody body, @Nullable String sandboxId) {
    // A wrong address answers 404 too, and must not pass for a lost sandbox.
    if (body.httpCode() != 404) {
      return new E2bStatusException(answer, "is E2B_API_URL right?");
    }
    return sandboxId == null
        ? new NotFoundException(answer)
        : new SandboxNotFoundException(answer, sandboxId);
  }

  /** A refusal on the way to a sandbox or by the envd inside it. */
  E2bStatusException sandbox(String operation, Request request, HttpReply reply, String sandboxId) {
    ErrorBody body = ErrorBody.parse(reply.body()).without(secrets);
    if (body.connectCode() != null) {
      return connect(operation, request, body.connectCode(), body, sandboxId);
    }
    Answer answer = answer(operation, request, reply.status(), body, null);
    return switch (reply.status()) {
      case 401, 403 -> new AuthenticationException(answer);
      case 429 -> new RateLimitedException(answer, retryAfter(reply.headers()));
      case 404 ->
          body.httpCode() == 404
              ? new NotFoundException(answer)
              : new E2bStatusException(answer, "is E2B_SANDBOX_URL right?");
      case 409, 502, 503, 504 ->
          new SandboxUnavailableException(answer, sandboxId, reason(reply.status(), body));
      default -> new E2bStatusException(answer);
    };
  }

  /** The error in the last frame of a stream; {@code deadline_exceeded} is the caller's to see. */
  E2bStatusException stream(String operation, Request request, JsonNode error, String sandboxId) {
    ErrorBody body = ErrorBody.of(error).without(secrets);
    String code = body.connectCode() == null ? "unknown" : body.connectCode();
    return connect(operation, request, code, body, sandboxId);
  }

  private E2bStatusException connect(
      String operation, Request request, String code, ErrorBody body, String sandboxId) {
    int status = CONNECT_STATUS.getOrDefault(code, 500);
    Answer answer = answer(operation, request, status, body, code);
    return switch (code) {
      case "unauthenticated" -> new AuthenticationException(answer);
      case "not_found" -> new NotFoundException(answer);
      case "resource_exhausted" -> new RateLimitedException(answer, null);
      case "unavailable" -> new SandboxUnavailableException(answer, sandboxId, Reason.UNKNOWN);
      default -> new E2bStatusException(answer);
    };
  }

  private static Reason reason(int status, ErrorBody body) {
    if (status == 409) {
      return Reason.TRANSITIONING;
    }
    if (body.namesPort() || body.message().contains("port is not open")) {
      return Reason.PORT_NOT_OPEN;
    }
    return body.message().contains("was not found") ? Reason.NOT_RUNNING : Reason.UNKNOWN;
  }

  private static Answer answer(
      String operation, Request request, int status, ErrorBody body, @Nullable String code) {
    return new Answer(
        operation, status, request.method(), request.url().encodedPath(), body.message(), code);
  }

  private static @Nullable Duration retryAfter(Headers headers) {
    String text = headers.get("Retry-After");
    if (text == null || !text.strip().matches("\\d{1,9}")) {
      return null;
    }
    return Duration.ofSeconds(Long.parseLong(text.strip()));
  }
}
