package dev.repofleet.e2b.local.control;

import dev.repofleet.e2b.local.wire.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The metadata filter of a list call: AND of exact matches (E2B contract, 1.6). Stateless. */
public final class MetadataFilter {
  private MetadataFilter() {}

  /**
   * Decodes the query value, which is encoded three times in all: parts, pairs, whole.
   *
   * @param value the value after the ordinary decoding of the query
   */
  public static Map<String, String> decode(String value) {
    Map<String, String> wanted = new LinkedHashMap<>();
    if (value.isEmpty()) {
      return wanted;
    }
    for (String pair : unescape(value).split("&", -1)) {
      String[] parts = pair.split("=", -1);
      if (parts.length != 2) {
        throw ApiException.of(400, "metadata must be key=value pairs joined by &");
      }
      wanted.put(unescape(parts[0]), unescape(parts[1]));
    }
    return wanted;
  }

  private static String unescape(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw ApiException.of(400, "metadata is not well encoded");
    }
  }
}
