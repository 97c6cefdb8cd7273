package dev.repofleet.artifacts;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What people decided of findings, for all batches of a store. Thread-safe. */
public final class Triage {
  private static final long MAX_DECISION = 1 << 20;

  private final ArtifactStore store;

  /** The decisions in a store. */
  public Triage(ArtifactStore store) {
    this.store = store;
  }

  /**
   * The findings with the decisions that hold for them, and without those that don't.
   *
   * @throws ArtifactException when the store can't be read; a decision that is damaged is none
   */
  public List<Finding> applied(List<Finding> findings) {
    return findings.stream()
        .map(finding -> finding.withSuppression(suppression(finding).orElse(null)))
        .toList();
  }

  private Optional<Suppression> suppression(Finding finding) {
    return decision(finding.identity()).flatMap(decision -> decision.of(finding));
  }

  private Optional<TriageDecision> decision(@Nullable String fingerprint) {
    if (fingerprint == null) {
      return Optional.empty();
    }
    String uri = ArtifactUri.of(ArtifactPaths.triage(fingerprint));
    try {
      return store
          .readIfPresent(uri, MAX_DECISION)
          .map(json -> ArtifactJson.read(json, TriageDecision.class, uri));
    } catch (ArtifactCorruptException e) {
      return Optional.empty();
    }
  }

  /**
   * Keeps a decision in place of an earlier one about the same finding.
   *
   * @param kind null opens the finding again
   * @throws IllegalArgumentException if the finding has no fingerprint, or reason or author is
   *     empty
   */
  public void decide(
      Finding finding, Suppression.@Nullable Kind kind, String reason, String by, Instant at) {
    String fingerprint = Parts.text(finding.identity(), "fingerprint of " + finding.id());
    TriageDecision decision =
        new TriageDecision(
            TriageDecision.SCHEMA_VERSION,
            fingerprint,
            kind,
            reason,
            by,
            at,
            finding.primary().snippetHash(),
            finding.severity().level());
    store.putNamed(ArtifactPaths.triage(fingerprint), ArtifactJson.pretty(decision));
  }
}
