package dev.repofleet.worker.review;

import dev.repofleet.artifacts.finding.AgentAnswer;
import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.worker.secrets.KnownSecrets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a finding's texts fit to be stored: secrets of the worker are taken out of every finding; a
 * finding that <em>is</em> a secret keeps enough of it to be recognised, and no more. Immutable.
 */
final class SecretMask {
  private static final int SHOWN = 4;

  /** Hard-coded password, credentials, cryptographic key; insufficiently protected credentials. */
  private static final Set<String> CWES = Set.of("259", "312", "321", "522", "540", "798");

  private static final Pattern RULE =
      Pattern.compile("secret|credential|password|passwd|token|api-?key|private-?key");

  /**
   * What stands in quotes, what follows a sign of assignment, and long runs of key characters but a
   * name that something is assigned to.
   */
  private static final Pattern VALUE =
      Pattern.compile(
          "\"([^\"\\s]{4,})\"|'([^'\\s]{4,})'|`([^`\\s]{4,})`"
              + "|[=:]\\s*([^\\s\"'`,;)}\\]]{6,})"
              + "|(?<![A-Za-z0-9_.])(?![A-Za-z_.]{16,}+\\s*[=:])([A-Za-z0-9+/_=.-]{16,})");

  /**
   * What is assigned. Names that stand in quotes, and shorter values, stand in an account of the
   * whole for other things as well.
   */
  private static final Pattern ASSIGNED =
      Pattern.compile("[=:]\\s*[\"'`]?([^\\s\"'`,;(){}\\[\\]]{8,})");

  private final KnownSecrets secrets;

  SecretMask(KnownSecrets secrets) {
    this.secrets = secrets;
  }

  AgentFinding apply(AgentFinding finding) {
    Set<String> values = new LinkedHashSet<>();
    if (isSecret(finding.ruleId(), finding.cwe())) {
      collect(finding.evidence(), values);
      // Prose quotes names, too; there only what looks like a key is one.
      collectKeys(finding.title(), values);
      collectKeys(finding.summary(), values);
      collectKeys(finding.remediation(), values);
      values.remove(finding.path());
    }
    SecretValues hidden = SecretValues.of(values);
    return new AgentFinding(
        finding.ruleId(),
        oneLine(code(finding.title(), hidden)),
        finding.severity(),
        finding.confidence(),
        finding.path(),
        finding.startLine(),
        finding.endLine(),
        cleanOrNull(finding.summary(), hidden),
        cleanOrNull(finding.evidence(), hidden),
        cleanOrNull(finding.remediation(), hidden),
        finding.cwe());
  }

  /** What an agent says of all that it found: a secret that is a finding is none of its words. */
  String summary(AgentAnswer answer) {
    Set<String> values = new LinkedHashSet<>();
    for (AgentFinding finding : answer.findings()) {
      if (isSecret(finding.ruleId(), finding.cwe())) {
        Stream.of(finding.title(), finding.summary(), finding.evidence(), finding.remediation())
            .filter(Objects::nonNull)
            .forEach(
                text -> {
                  collectKeys(text, values);
                  ASSIGNED.matcher(text).results().forEach(found -> values.add(found.group(1)));
                });
      }
    }
    return code(answer.summary(), SecretValues.of(values));
  }

  /** What is said of a finding elsewhere; if that one is a secret, what looks like it is masked. */
  String reason(Finding finding, String text) {
    Set<String> values = new LinkedHashSet<>();
    if (isSecret(finding.ruleId(), finding.cwe())) {
      // A short one has no look of its own; a quoted name more that is masked does no harm.
      collect(text, values);
      values.remove(finding.primary().path());
    }
    return oneLine(code(text, SecretValues.of(values)));
  }

  String text(String text) {
    return secrets.redact(text);
  }

  /** Text or code in which the worker's secrets and these values are not to be seen. */
  String code(String text, SecretValues values) {
    return values.replaced(secrets.redact(text), SecretMask::masked);
  }

  /** Whether a finding is a secret itself, by its rule or its weakness. */
  static boolean isSecret(String ruleId, List<String> cwes) {
    return RULE.matcher(ruleId.toLowerCase(Locale.ROOT)).find()
        || cwes.stream().anyMatch(cwe -> CWES.contains(cwe.replaceAll("[^0-9]", "")));
  }

  /** Adds what may be a secret in a text that has one. */
  static void collect(@Nullable String text, Set<String> values) {
    Matcher matcher = VALUE.matcher(text == null ? "" : text);
    while (matcher.find()) {
      for (int group = 1; group <= matcher.groupCount(); group++) {
        if (matcher.group(group) != null) {
          values.add(matcher.group(group));
        }
      }
    }
  }

  /** As {@link #collect}, only what looks like a key. */
  static void collectKeys(@Nullable String text, Set<String> values) {
    Set<String> all = new LinkedHashSet<>();
    collect(text, all);
    all.stream()
        .filter(value -> value.length() >= 12)
        .filter(value -> value.chars().anyMatch(Character::isDigit))
        .filter(value -> value.chars().anyMatch(Character::isLetter))
        .forEach(values::add);
  }

  private @Nullable String cleanOrNull(@Nullable String text, SecretValues values) {
    return text == null ? null : code(text, values);
  }

  /** Less than a third is ever shown. */
  private static String masked(String value) {
    String shown = value.substring(0, Math.min(SHOWN, value.length() / 4));
    return shown + "***(" + value.length() + " characters)";
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
