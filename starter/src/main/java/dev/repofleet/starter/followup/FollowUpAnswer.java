package dev.repofleet.starter.followup;

import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an agent said at the end of a follow-up. */
enum FollowUpAnswer {
  /** The repository has the problem as well. */
  PRESENT,
  /** It has not. */
  ABSENT,
  /** The agent can't tell, or did not say it in the way it was asked to. */
  UNCLEAR;

  /** The closing text of a turn; a longer one is looked at with {@code logs}. */
  private static final long MAX_TEXT = 16L << 20;

  private static final Pattern FIRST =
      Pattern.compile("[^\\p{L}]*(PRESENT|ABSENT|UNCLEAR)\\b", Pattern.CASE_INSENSITIVE);

  /** The turn's closing text; empty where it has none. */
  static String text(BatchRecords records, TurnOutcome turn) {
    String uri = turn.textUri();
    return uri == null || !records.store().exists(uri)
        ? ""
        : new String(records.store().read(uri, MAX_TEXT), StandardCharsets.UTF_8);
  }

  /** The text's first word, where that is one of these; behind it stands why. */
  static FollowUpAnswer of(String text) {
    Matcher first = FIRST.matcher(text);
    return first.lookingAt() ? valueOf(first.group(1).toUpperCase(Locale.ROOT)) : UNCLEAR;
  }

  /** What is said behind the first word, on one line. */
  static String reason(String text) {
    Matcher first = FIRST.matcher(text);
    String rest = first.lookingAt() ? text.substring(first.end()) : text;
    return rest.strip().replaceFirst("^[.:,;*-]+", "").strip().replaceAll("\\s+", " ");
  }

  /** The word for people. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
