package dev.repofleet.artifacts.finding;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.repofleet.artifacts.Parts;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One finding of a review, checked against the commit: its paths exist, its lines are in the file.
 *
 * @param id unique in the repository's result
 * @param fingerprint the identity that survives rewording and drifting lines
 * @param ruleId one of the plan's rules
 * @param category of the rule
 * @param cwe such as {@code CWE-89}
 * @param title one line
 * @param summary what is wrong
 * @param severity with the reason for it
 * @param confidence with the reason for it
 * @param locations the primary one first, at least one
 * @param impact what may come of it
 * @param remediation what to do
 * @param evidence what it rests on
 * @param verification what a session of its own that tried to refute it came to; default unverified
 * @param verificationReason of that, or why it stayed unverified although it was to be tried;
 *     absent where it was not
 * @param lineHash {@code primaryLocationLineHash} of the primary place, as GitHub code scanning
 *     computes it; absent where the file was too large
 * @param lifecycle how it stands to the result before; absent where nothing was compared
 * @param suppression a person's decision that holds for it; absent where there is none
 * @param knownAs the fingerprint it was first known by, where that is not its fingerprint any more:
 *     the number within its place has changed, or its file has moved
 * @param carriedFrom the batch whose review found it, where this one did not look at it: its file
 *     has not changed since; else absent
 */
public record Finding(
    String id,
    @Nullable String fingerprint,
    String ruleId,
    @Nullable String category,
    List<String> cwe,
    String title,
    @Nullable String summary,
    SeverityRating severity,
    ConfidenceRating confidence,
    List<Location> locations,
    @Nullable String impact,
    @Nullable String remediation,
    List<String> evidence,
    Verification verification,
    @Nullable String verificationReason,
    @Nullable String lineHash,
    @Nullable Lifecycle lifecycle,
    @Nullable Suppression suppression,
    @Nullable String knownAs,
    @Nullable String carriedFrom) {
  private static final int SHORT = 12;

  /** Refuses a finding without id, rule, title, severity or a place. */
  public Finding {
    Parts.text(id, "id of a finding");
    Parts.text(ruleId, "ruleId of finding " + id);
    Parts.text(title, "title of finding " + id);
    Objects.requireNonNull(severity, "severity of finding " + id + " is missing");
    Objects.requireNonNull(confidence, "confidence of finding " + id + " is missing");
    cwe = Parts.list(cwe);
    locations = Parts.list(locations);
    evidence = Parts.list(evidence);
    verification = verification == null ? Verification.UNVERIFIED : verification;
    if (locations.isEmpty()) {
      throw new IllegalArgumentException("finding " + id + " has no location");
    }
  }

  /** One that nothing was compared with, and nobody decided on. */
  public Finding(
      String id,
      @Nullable String fingerprint,
      String ruleId,
      @Nullable String category,
      List<String> cwe,
      String title,
      @Nullable String summary,
      SeverityRating severity,
      ConfidenceRating confidence,
      List<Location> locations,
      @Nullable String impact,
      @Nullable String remediation,
      List<String> evidence,
      Verification verification) {
    this(
        id,
        fingerprint,
        ruleId,
        category,
        cwe,
        title,
        summary,
        severity,
        confidence,
        locations,
        impact,
        remediation,
        evidence,
        verification,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** A severity and why. */
  public record SeverityRating(Severity level, @Nullable String rationale) {
    /** Refuses an absent level. */
    public SeverityRating {
      Objects.requireNonNull(level, "severity.level is missing");
    }
  }

  /** A confidence and why. */
  public record ConfidenceRating(Confidence level, @Nullable String rationale) {
    /** Refuses an absent level. */
    public ConfidenceRating {
      Objects.requireNonNull(level, "confidence.level is missing");
    }
  }

  /**
   * The beginning of its fingerprint: enough to name it in its batch, and short enough to type. The
   * id where it has none.
   */
  public String shortName() {
    return fingerprint == null || fingerprint.length() < SHORT
        ? id
        : fingerprint.substring(0, SHORT);
  }

  /** The finding as the agent gave it, under an id of ours. */
  public static Finding of(String id, AgentAnswer.AgentFinding answer) {
    String evidence = answer.evidence();
    return new Finding(
        id,
        null,
        answer.ruleId(),
        null,
        answer.cwe(),
        answer.title(),
        answer.summary(),
        new SeverityRating(answer.severity(), null),
        new ConfidenceRating(answer.confidence(), null),
        List.of(Location.lines(answer.path(), answer.startLine(), answer.endLine())),
        null,
        answer.remediation(),
        evidence == null || evidence.isBlank() ? List.of() : List.of(evidence),
        Verification.UNVERIFIED);
  }

  /** The place it is known by. */
  public Location primary() {
    return locations.get(0);
  }

  /** The same with its primary location replaced. */
  public Finding withPrimary(Location location) {
    List<Location> changed = new ArrayList<>(locations);
    changed.set(0, location);
    Copy copy = new Copy();
    copy.places = changed;
    return copy.made();
  }

  /** The same with the identity that survives rewording. */
  public Finding withFingerprint(String identity) {
    Copy copy = new Copy();
    copy.identity = identity;
    return copy.made();
  }

  /** The same with the hash of its line. */
  public Finding withLineHash(@Nullable String hash) {
    Copy copy = new Copy();
    copy.hash = hash;
    return copy.made();
  }

  /** The same with how it stands to the result before. */
  public Finding withLifecycle(@Nullable Lifecycle state) {
    Copy copy = new Copy();
    copy.state = state;
    return copy.made();
  }

  /** The same with a person's decision, or with none. */
  public Finding withSuppression(@Nullable Suppression decision) {
    Copy copy = new Copy();
    copy.decision = decision;
    return copy.made();
  }

  /** The same with what its verification came to. */
  public Finding withVerification(Verification verdict, @Nullable String reason) {
    Copy copy = new Copy();
    copy.verdict = verdict;
    copy.reason = reason;
    return copy.made();
  }

  /** Whether a verification saw it to be false: then it is shown, and counted nowhere. */
  @JsonIgnore
  public boolean isRejected() {
    return verification == Verification.REJECTED;
  }

  /** Whether it was there before and nobody can say that it is gone. */
  @JsonIgnore
  public boolean isUnknown() {
    return lifecycle != null && lifecycle.state() == LifecycleState.UNKNOWN;
  }

  /** What it stays known by, whatever becomes of its fingerprint; absent without one. */
  public @Nullable String identity() {
    return knownAs == null ? fingerprint : knownAs;
  }

  /** The same, known by what it was known by before. */
  public Finding knownBy(@Nullable String identity) {
    Copy copy = new Copy();
    copy.first = Objects.equals(identity, fingerprint) ? null : identity;
    return copy.made();
  }

  /** The same in a later result that did not look at it, known by what it was known by. */
  public Finding carried(String newId, @Nullable String newFingerprint, String batch) {
    Copy copy = new Copy();
    copy.newId = newId;
    copy.identity = newFingerprint;
    copy.decision = null;
    copy.from = carriedFrom == null ? batch : carriedFrom;
    if (isRejected()) {
      // What decided it may be in a file that has changed.
      copy.verdict = Verification.UNVERIFIED;
      copy.reason = "rejected in batch " + copy.from + ", and not looked at again";
    }
    return copy.made().knownBy(identity());
  }

  /** This finding while some of it is changed; the rest stays. */
  private final class Copy {
    private String newId = id;
    private @Nullable String identity = fingerprint;
    private List<Location> places = locations;
    private Verification verdict = verification;
    private @Nullable String reason = verificationReason;
    private @Nullable String hash = lineHash;
    private @Nullable Lifecycle state = lifecycle;
    private @Nullable Suppression decision = suppression;
    private @Nullable String first = knownAs;
    private @Nullable String from = carriedFrom;

    private Finding made() {
      return new Finding(
          newId,
          identity,
          ruleId,
          category,
          cwe,
          title,
          summary,
          severity,
          confidence,
          places,
          impact,
          remediation,
          evidence,
          verdict,
          reason,
          hash,
          state,
          decision,
          first,
          from);
    }
  }
}
