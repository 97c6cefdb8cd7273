package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;
import dev.repofleet.artifacts.finding.Finding;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result before, with which a repository's findings were compared.
 *
 * @param batch in which it was made
 * @param key of the repository in that batch
 * @param commit that it was of
 * @param startedAt when that review began
 * @param endedAt when that review ended
 * @param absent what it had, or knew of, and this one does not: resolved, or unknown where this
 *     review did not look at everything; without their code
 */
public record Baseline(
    String batch,
    String key,
    @Nullable String commit,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    List<Finding> absent) {
  /** Refuses one that names no result. */
  public Baseline {
    Parts.text(batch, "batch of the baseline");
    Parts.text(key, "key of the baseline");
    absent = Parts.list(absent);
  }

  /** What is absent and may be there still. */
  public List<Finding> unknown() {
    return absent.stream().filter(Finding::isUnknown).toList();
  }
}
