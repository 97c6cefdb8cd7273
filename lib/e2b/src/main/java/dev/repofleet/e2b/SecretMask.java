package dev.repofleet.e2b;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Hides known values in text that came from a sandbox: as they are, and as a URL spells them.
 * Immutable; {@link #toString()} shows none.
 */
final class SecretMask {
  private static final String HIDDEN = "[hidden]";

  /** What is shorter is found in every text and would only make it unreadable. */
  private static final int MIN_LENGTH = 4;

  private final List<String> values;

  SecretMask(Collection<String> secrets) {
    values =
        secrets.stream()
            .filter(secret -> secret.length() >= MIN_LENGTH)
            .flatMap(secret -> Stream.of(secret, URLEncoder.encode(secret, StandardCharsets.UTF_8)))
            .distinct()
            // A short one may be a part of a long one, whose rest would stay readable.
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  String hide(String text) {
    String safe = text;
    for (String value : values) {
      safe = safe.replace(value, HIDDEN);
    }
    return safe;
  }

  @Override
  public String toString() {
    return "SecretMask[" + values.size() + " spellings]";
  }
}
