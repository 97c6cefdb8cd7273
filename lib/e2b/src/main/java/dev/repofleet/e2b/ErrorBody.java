package dev.repofleet.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An error as E2B writes it, in either of two shapes: {@code {"code":404,...}} from the API, the
 * proxy and envd's HTTP handlers, {@code {"code":"not_found",...}} from Connect. Anything else has
 * neither code and its text as message.
 *
 * <p>A message is as long as it came until {@link #without} has taken the secrets out: half a
 * secret would not be known as one.
 *
 * @param httpCode the number in {@code code}, or 0
 * @param connectCode the word in {@code code}, or null
 * @param errorCode the API's machine-readable {@code error_code}, or null
 * @param namesPort whether the proxy says which port is closed
 */
record ErrorBody(
    int httpCode,
    @Nullable String connectCode,
    @Nullable String errorCode,
    String message,
    boolean namesPort) {
  private static final int MAX_MESSAGE = 500;

  static ErrorBody parse(byte[] bytes) {
    JsonNode tree = JsonCodec.tree(bytes);
    if (tree == null || !tree.isObject()) {
      return new ErrorBody(0, null, null, line(new String(bytes, StandardCharsets.UTF_8)), false);
    }
    return of(tree);
  }

  static ErrorBody of(JsonNode tree) {
    JsonNode code = tree.path("code");
    return new ErrorBody(
        code.isInt() ? code.intValue() : 0,
        code.isTextual() ? code.textValue() : null,
        tree.path("error_code").textValue(),
        line(tree.path("message").asText("")),
        tree.has("port"));
  }

  private static String line(String text) {
    return text.strip().replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
  }

  /** Text as one line of bounded length, safe to print. */
  static String line(String text, int maxLength) {
    return cut(line(text), maxLength);
  }

  /** Never between the two halves of a character. */
  private static String cut(String line, int maxLength) {
    if (line.length() <= maxLength) {
      return line;
    }
    int end = Character.isHighSurrogate(line.charAt(maxLength - 1)) ? maxLength - 1 : maxLength;
    return line.substring(0, end) + "...";
  }

  /** The same with a message that has no secrets and is of bounded length. */
  ErrorBody without(Iterable<String> secrets) {
    String safe = message;
    for (String secret : secrets) {
      safe = safe.replace(secret, "[hidden]");
    }
    return new ErrorBody(httpCode, connectCode, errorCode, cut(safe, MAX_MESSAGE), namesPort);
  }
}
