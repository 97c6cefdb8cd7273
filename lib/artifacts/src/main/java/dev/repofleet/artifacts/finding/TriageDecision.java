package dev.repofleet.artifacts.finding;

import dev.repofleet.artifacts.Parts;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a person decided of a finding: {@code triage/<fingerprint>.json}. It holds for the code it
 * was made about: where the lines have changed, or the finding has become worse, it does not.
 *
 * @param schemaVersion of this file, {@link #SCHEMA_VERSION}
 * @param fingerprint the finding's {@linkplain Finding#identity() identity}, which no other has
 * @param suppression what was decided; absent where the finding was opened again
 * @param reason in the person's words
 * @param by who decided
 * @param at when
 * @param snippetHash of the lines then; absent where they were not known
 * @param severity of the finding then
 */
public record TriageDecision(
    int schemaVersion,
    String fingerprint,
    Suppression.@Nullable Kind suppression,
    String reason,
    String by,
    @Nullable Instant at,
    @Nullable String snippetHash,
    Severity severity) {
  /** The version that this program writes. */
  public static final int SCHEMA_VERSION = 1;

  /** Refuses another schema version, and a decision without reason or author. */
  public TriageDecision {
    Parts.schemaVersion(schemaVersion, SCHEMA_VERSION);
    Parts.text(fingerprint, "fingerprint");
    Parts.text(reason, "reason");
    Parts.text(by, "by");
    Objects.requireNonNull(severity, "severity is missing");
  }

  /** What suppresses this finding; empty where the decision does not hold for it. */
  public Optional<Suppression> of(Finding finding) {
    boolean holds =
        suppression != null
            && (fingerprint.equals(finding.identity()) || fingerprint.equals(finding.fingerprint()))
            && snippetHash != null
            && snippetHash.equals(finding.primary().snippetHash())
            && finding.severity().level().compareTo(severity) >= 0;
    return holds
        ? Optional.of(new Suppression(Objects.requireNonNull(suppression), reason, by, at))
        : Optional.empty();
  }
}
