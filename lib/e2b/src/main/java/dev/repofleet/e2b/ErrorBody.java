package dev.repofleet.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An error as E2B writes it, in either of two shapes: {@code {"code":404,...}} from the API, the
 * proxy and envd's HTTP handlers, {@code {"code":"not_found",...}} from Connect. Anything else has
 * neither code and its text as message.
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
      return new ErrorBody(0, null, null, clean(new String(bytes, StandardCharsets.UTF_8)), false);
    }
    return of(tree);
  }

  static ErrorBody of(JsonNode tree) {
    JsonNode code = tree.path("code");
    return new ErrorBody(
        code.isInt() ? code.intValue() : 0,
        code.isTextual() ? code.textValue() : null,
        tree.path("error_code").textValue(),
        clean(tree.path("message").asText("")),
        tree.has("port"));
  }

  private static String clean(String text) {
    return line(text, MAX_MESSAGE);
  }

  /** Text as one line of bounded length, safe to print. */
  static String line(String text, int maxLength) {
    String line = text.strip().replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
    return line.length() <= maxLength ? line : line.substring(0, maxLength) + "...";
  }

  ErrorBody without(Iterable<String> secrets) {
    String safe = message;
    for (String secret : secrets) {
      safe = safe.replace(secret, "[hidden]");
    }
    return new ErrorBody(httpCode, connectCode, errorCode, safe, namesPort);
  }
}
