package dev.repofleet.worker.report;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A file's path as a relative reference of RFC 3986. */
final class RelativeUri {
  private static final String UNRESERVED = "-._~/";

  private RelativeUri() {}

  /** Percent-encodes all but letters, digits, {@code - . _ ~} and the slashes, in UTF-8. */
  static String of(String path) {
    StringBuilder uri = new StringBuilder();
    for (byte part : path.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (part & 0xff);
      boolean plain =
          (character >= 'a' && character <= 'z')
              || (character >= 'A' && character <= 'Z')
              || (character >= '0' && character <= '9')
              || UNRESERVED.indexOf(character) >= 0;
      uri.append(
          plain
              ? String.valueOf(character)
              : String.format(Locale.ROOT, "%%%02X", (int) character));
    }
    return uri.toString();
  }
}
