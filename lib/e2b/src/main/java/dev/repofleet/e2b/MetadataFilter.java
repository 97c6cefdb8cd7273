package dev.repofleet.e2b;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * The {@code metadata} parameter of the list call, encoded three times: each key and value, then
 * the pairs as a form, then the whole as one query value. The API decodes as often.
 */
final class MetadataFilter {
  private static final String UNRESERVED = "-._~";

  private MetadataFilter() {}

  /** The value as it stands in the URL; sorted by key, so that the same filter is the same URL. */
  static String encode(Map<String, String> metadata) {
    StringJoiner pairs = new StringJoiner("&");
    new TreeMap<>(metadata)
        .forEach((key, value) -> pairs.add(percent(percent(key)) + "=" + percent(percent(value))));
    return percent(pairs.toString());
  }

  private static String percent(String text) {
    StringBuilder out = new StringBuilder();
    for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (unit & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || UNRESERVED.indexOf(c) >= 0;
      if (plain) {
        out.append(c);
      } else {
        out.append("%%%02X".formatted((int) c));
      }
    }
    return out.toString();
  }
}
