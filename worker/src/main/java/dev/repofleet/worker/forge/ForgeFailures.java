package dev.repofleet.worker.forge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.workflows.Excerpt;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a forge's refusals mean, for all that asks forges. Stateless. */
final class ForgeFailures {
  /** For a limit without a word on its end, GitHub asks for a minute at least. */
  private static final Duration UNTOLD_LIMIT = Duration.ofMinutes(1);

  private static final int QUOTED = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private ForgeFailures() {}

  /**
   * A status that is no success.
   *
   * @param what was asked for, to begin the message with
   * @param said by the forge, from {@link #said}
   * @param retryAt when it would answer again, were it limited
   */
  static ForgeException refused(
      String what,
      String host,
      int status,
      String said,
      Instant retryAt,
      @Nullable Throwable cause) {
    if (status == 429 || (status == 403 && said.contains("rate limit"))) {
      return limited(what, host, retryAt, cause);
    }
    ForgeException.Kind kind =
        switch (status) {
          case 401 -> ForgeException.Kind.LOGIN_REFUSED;
          case 403, 451 -> ForgeException.Kind.FORBIDDEN;
          case 404, 410 -> ForgeException.Kind.NOT_FOUND;
          default -> status >= 500 ? ForgeException.Kind.UNREACHABLE : ForgeException.Kind.REJECTED;
        };
    String message =
        "%s: %s answers with HTTP %d%s"
            .formatted(what, host, status, said.isEmpty() ? "" : ": " + said);
    return new ForgeException(kind, message, null, cause);
  }

  static ForgeException limited(
      String what, String host, Instant retryAt, @Nullable Throwable cause) {
    return new ForgeException(
        ForgeException.Kind.RATE_LIMITED,
        what + ": " + host + " limits the rate of requests until " + retryAt,
        retryAt,
        cause);
  }

  /** No answer at all. */
  static ForgeException silent(String what, String host, IOException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new ForgeException(
        ForgeException.Kind.UNREACHABLE,
        "%s: %s can't be reached (%s)".formatted(what, host, root.getClass().getSimpleName()),
        null,
        e);
  }

  /** An answer, but none that can be read. */
  static ForgeException nonsense(String what, String host, @Nullable Throwable cause) {
    return new ForgeException(
        ForgeException.Kind.UNREACHABLE,
        what + ": " + host + " does not answer as a forge does; check the address",
        null,
        cause);
  }

  /** The sentence in the body of an error: from outside, so on one line and bounded. */
  static String said(String body) {
    String message = body;
    try {
      JsonNode json = JSON.readTree(body);
      JsonNode told =
          json.path("message").isMissingNode() ? json.path("error") : json.path("message");
      message = told.isTextual() ? told.asText() : body;
      for (JsonNode error : json.path("errors")) {
        message += error.path("message").isTextual() ? " " + error.path("message").asText() : "";
      }
    } catch (JsonProcessingException notJson) {
      // A proxy's page, or no body at all: quoted as it is.
      message = body;
    }
    return Excerpt.of(message.replaceAll("\\p{C}+", " ").strip(), QUOTED);
  }

  /** By {@code Retry-After}, else by when the count of requests begins anew, else in a minute. */
  static Instant retryAt(Function<String, @Nullable String> headers, Instant now) {
    String after = headers.apply("Retry-After");
    String reset = headers.apply("X-RateLimit-Reset");
    String other = headers.apply("RateLimit-Reset");
    try {
      if (after != null) {
        return now.plusSeconds(Long.parseLong(after.strip()));
      }
      if (reset != null && "0".equals(headers.apply("X-RateLimit-Remaining"))) {
        return Instant.ofEpochSecond(Long.parseLong(reset.strip()));
      }
      if (other != null && "0".equals(headers.apply("RateLimit-Remaining"))) {
        return Instant.ofEpochSecond(Long.parseLong(other.strip()));
      }
    } catch (NumberFormatException | ArithmeticException | DateTimeException e) {
      return now.plus(UNTOLD_LIMIT);
    }
    return now.plus(UNTOLD_LIMIT);
  }
}
