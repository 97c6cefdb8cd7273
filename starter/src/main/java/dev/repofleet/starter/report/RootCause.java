package dev.repofleet.starter.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.repofleet.artifacts.Parts;
import dev.repofleet.artifacts.finding.Severity;
import java.util.List;
import java.util.Objects;

/**
 * Findings of at least two repositories that come from the same thing, so that one decision or one
 * change may mend them all.
 *
 * @param kind what they have in common
 * @param ruleId of all of them
 * @param severity of the worst
 * @param score severity × spread: {@link Severity#score} of the worst times {@code repositories}
 * @param repositories how many have it; one that stands in the batch several times counts once
 * @param findings how many there are in all
 * @param title of the worst
 * @param places of the findings in the order of the batch, each repository's first one before the
 *     others; at most {@link #MAX_PLACES}
 */
public record RootCause(
    Kind kind,
    String ruleId,
    Severity severity,
    double score,
    int repositories,
    int findings,
    String title,
    List<Place> places) {
  /** What a reader looks at; {@code findings} says how many there are. */
  public static final int MAX_PLACES = 100;

  /** Refuses absent parts. */
  public RootCause {
    Objects.requireNonNull(kind, "kind of a root cause is missing");
    Parts.text(ruleId, "ruleId of a root cause");
    Objects.requireNonNull(severity, "severity of a root cause is missing");
    Parts.text(title, "title of a root cause");
    places = Parts.list(places);
  }

  /** What the findings have in common, the surest first. */
  public enum Kind {
    /** The rule, and the very lines it is about: code that was copied. */
    @JsonProperty("same_code")
    SAME_CODE,

    /** The rule alone: a habit, or something that is missing everywhere. */
    @JsonProperty("same_rule")
    SAME_RULE
  }

  /**
   * Where one of the findings is.
   *
   * @param index of the repository in the batch, from 0
   * @param key of the repository in the batch
   * @param target as it was typed
   * @param fingerprint of the finding; empty where it has none
   * @param severity of the finding
   * @param path in the repository
   * @param startLine from 1
   */
  public record Place(
      int index,
      String key,
      String target,
      String fingerprint,
      Severity severity,
      String path,
      int startLine) {
    /** Refuses absent parts. */
    public Place {
      Parts.text(key, "key of a place");
      Parts.text(target, "target of a place");
      fingerprint = Objects.requireNonNullElse(fingerprint, "");
      Objects.requireNonNull(severity, "severity of a place is missing");
      Parts.text(path, "path of a place");
    }
  }
}
