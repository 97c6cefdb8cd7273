package dev.repofleet.e2b.local.control;

import dev.repofleet.e2b.local.wire.ApiException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;

/** Where a page of a list ended: base64url of {@code time__id}, and the order. */
public record PageToken(Instant startedAt, String id, boolean ascending) {
  private static final String SEPARATOR = "__";

  public String encode() {
    String text = startedAt + SEPARATOR + id + (ascending ? SEPARATOR + "asc" : "");
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Refuses what is no token, and one of another order. */
  public static PageToken decode(String token, boolean ascending) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      String[] parts = text.split(SEPARATOR, -1);
      boolean tokenAscending = parts.length == 3 && parts[2].equals("asc");
      if ((parts.length == 2 || tokenAscending) && tokenAscending == ascending) {
        return new PageToken(Instant.parse(parts[0]), parts[1], ascending);
      }
    } catch (IllegalArgumentException | DateTimeParseException malformed) {
      throw invalid();
    }
    throw invalid();
  }

  private static ApiException invalid() {
    return ApiException.of(400, "Invalid next token");
  }
}
