package dev.repofleet.starter.report;

import dev.repofleet.artifacts.finding.CodeExcerpt;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Location;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Secrets that a review found. In findings they are masked, {@code AKIA***(20 characters)}, but the
 * patch that takes them out and the agent's own words have them whole. A report goes further than
 * those files do, so they are masked there by what the findings tell of them. Immutable.
 */
final class FoundSecrets {
  private static final Pattern MASKED =
      Pattern.compile("([^\\s\"'`*=:(]{2,4})\\*\\*\\*\\((\\d{1,4}) characters\\)");

  /** Shorter ones stand in texts for other things as well. */
  private static final int MIN_LENGTH = 8;

  private static final int KEY_LENGTH = 12;
  private static final String REST = "[^\\s\"'`<>,;]{%d,}";

  private final List<Masked> masked;

  private FoundSecrets(List<Masked> masked) {
    this.masked = masked;
  }

  /** Those that the findings tell of. */
  static FoundSecrets of(List<Finding> findings) {
    Set<Masked> found = new HashSet<>();
    for (Finding finding : findings) {
      collect(finding.title(), found);
      collect(finding.summary(), found);
      collect(finding.remediation(), found);
      finding.evidence().forEach(text -> collect(text, found));
      for (Location location : finding.locations()) {
        CodeExcerpt code = location.excerpt();
        if (code != null) {
          code.lines().forEach(line -> collect(line, found));
        }
      }
    }
    return new FoundSecrets(List.copyOf(found));
  }

  private static void collect(@Nullable String text, Set<Masked> found) {
    if (text == null || !text.contains("***(")) {
      return;
    }
    Matcher matcher = MASKED.matcher(text);
    while (matcher.find()) {
      int length = Integer.parseInt(matcher.group(2));
      if (length >= MIN_LENGTH) {
        found.add(new Masked(matcher.group(1), length));
      }
    }
  }

  /** The text without them. */
  String masked(String text) {
    String clean = text;
    for (Masked secret : masked) {
      if (clean.contains(secret.begin())) {
        clean =
            secret.pattern().matcher(clean).replaceAll(match -> secret.replacement(match.group()));
      }
    }
    return clean;
  }

  /** Its first characters, and how many there are. */
  private record Masked(String begin, int length) {

    Pattern pattern() {
      return Pattern.compile(
          "(?<![A-Za-z0-9+/_=.-])"
              + Pattern.quote(begin)
              + REST.formatted(MIN_LENGTH - begin.length()));
    }

    /** As long, or plainly a key: an agent that masks by itself tells another length. */
    String replacement(String value) {
      boolean key =
          value.length() >= KEY_LENGTH
              && value.chars().anyMatch(Character::isDigit)
              && value.chars().anyMatch(Character::isLetter);
      return Matcher.quoteReplacement(
          key || value.length() == length ? begin + "***(" + length + " characters)" : value);
    }
  }
}
