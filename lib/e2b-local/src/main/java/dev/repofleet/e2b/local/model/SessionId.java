package dev.repofleet.e2b.local.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The session that a request belongs to, out of its {@code metadata.user_id}. */
final class SessionId {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SUFFIX = Pattern.compile("session_([0-9a-fA-F-]{36})$");

  private SessionId() {}

  /**
   * The id, or null. Observed in CLI 2.1.197: the value is itself JSON, {@code {"device_id",
   * "account_uuid", "session_id"}}; a plain text that ends in {@code session_UUID} is read too.
   */
  static @Nullable String of(String userId) {
    if (userId.startsWith("{")) {
      try {
        String found = JSON.readTree(userId).path("session_id").asText();
        return found.isEmpty() ? null : found;
      } catch (JsonProcessingException notJson) {
        return null;
      }
    }
    Matcher matcher = SUFFIX.matcher(userId);
    return matcher.find() ? matcher.group(1) : null;
  }
}
