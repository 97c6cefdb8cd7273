package dev.repofleet.workflows.order;

import dev.repofleet.workflows.SeverityCounts;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When a follow-up of a plan takes place: {@code always}, {@code never}, or comparisons over the
 * counts of findings joined by {@code or}, such as {@code findings.critical > 0 or findings.high >
 * 0}; {@code findings} alone counts them all.
 */
public final class FollowUpCondition {
  private static final Pattern COMPARISON =
      Pattern.compile(
          "findings(?:\\.(critical|high|medium|low|info))?\\s*(>=|<=|==|!=|>|<)\\s*(\\d{1,9})");

  private static final Pattern OR = Pattern.compile("\\s+or\\s+");

  private final String text;

  private FollowUpCondition(String text) {
    this.text = text;
  }

  /**
   * Reads a condition.
   *
   * @throws IllegalArgumentException saying which forms there are, when it is of none of them
   */
  public static FollowUpCondition parse(String text) {
    String trimmed = text.trim();
    if (!trimmed.equals("always")
        && !trimmed.equals("never")
        && !OR.splitAsStream(trimmed).allMatch(part -> COMPARISON.matcher(part).matches())) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is not a condition: write always, never, or comparisons such as"
              + " findings.high > 0, joined by or (critical, high, medium, low, info, or findings alone)");
    }
    return new FollowUpCondition(trimmed);
  }

  /** Whether it holds for these counts. */
  public boolean holds(SeverityCounts counts) {
    return text.equals("always")
        || OR.splitAsStream(text).anyMatch(part -> comparisonHolds(part, counts));
  }

  private static boolean comparisonHolds(String text, SeverityCounts counts) {
    Matcher comparison = COMPARISON.matcher(text);
    if (!comparison.matches()) {
      return false;
    }
    int left = count(counts, comparison.group(1));
    int right = Integer.parseInt(comparison.group(3));
    return switch (comparison.group(2)) {
      case ">=" -> left >= right;
      case "<=" -> left <= right;
      case "==" -> left == right;
      case "!=" -> left != right;
      case ">" -> left > right;
      default -> left < right;
    };
  }

  private static int count(SeverityCounts counts, @Nullable String severity) {
    if (severity == null) {
      return counts.total();
    }
    return switch (severity) {
      case "critical" -> counts.critical();
      case "high" -> counts.high();
      case "medium" -> counts.medium();
      case "low" -> counts.low();
      default -> counts.info();
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
