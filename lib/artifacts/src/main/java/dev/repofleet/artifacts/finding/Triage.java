package dev.repofleet.artifacts.finding;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Parts;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What people decided of findings, for all batches of a store. Thread-safe. */
public final class Triage {
  private static final long MAX_DECISION = 1 << 20;

  /** More are looked for in a list of all decisions: a store far away takes its time for each. */
  private static final int FEW = 20;

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
    Predicate<String> known = known(findings.size());
    return findings.stream()
        .map(finding -> finding.withSuppression(suppression(finding, known).orElse(null)))
        .toList();
  }

  /** By its first name; on another branch, where it has none, by the one it has there. */
  private Optional<Suppression> suppression(Finding finding, Predicate<String> known) {
    return Stream.of(finding.identity(), finding.fingerprint())
        .filter(Objects::nonNull)
        .distinct()
        .filter(known)
        .flatMap(name -> decision(name).stream())
        .flatMap(decision -> decision.of(finding).stream())
        .findFirst();
  }

  /** Which names have a decision; few are asked for one by one. */
  private Predicate<String> known(int findings) {
    if (findings <= FEW) {
      return any -> true;
    }
    Set<String> all = new HashSet<>();
    store.visit(ArtifactPaths.TRIAGE, found -> all.add(found.name()));
    return name -> all.contains(name + ".json");
  }

  private Optional<TriageDecision> decision(String fingerprint) {
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
    String identity = Parts.text(finding.identity(), "fingerprint of " + finding.id());
    keep(identity, finding, kind, reason, by, at);
    String fingerprint = finding.fingerprint();
    // Where its fingerprint is another's first name, that one's decision stays.
    if (fingerprint != null
        && !fingerprint.equals(identity)
        && decision(fingerprint)
            .map(TriageDecision::snippetHash)
            .filter(hash -> !hash.equals(finding.primary().snippetHash()))
            .isEmpty()) {
      keep(fingerprint, finding, kind, reason, by, at);
    }
  }

  private void keep(
      String name,
      Finding finding,
      Suppression.@Nullable Kind kind,
      String reason,
      String by,
      Instant at) {
    TriageDecision decision =
        new TriageDecision(
            TriageDecision.SCHEMA_VERSION,
            name,
            kind,
            reason,
            by,
            at,
            finding.primary().snippetHash(),
            finding.severity().level());
    store.putNamed(ArtifactPaths.triage(name), ArtifactJson.pretty(decision));
  }
}
