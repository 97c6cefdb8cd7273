package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.report.StateInput;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;

/**
 * What a review knew when it ended, kept so that a person's follow-up can go on from there long
 * after Temporal has forgotten it. Thread-safe.
 */
final class ReviewStates {
  private final ArtifactStore store;

  ReviewStates(ArtifactStore store) {
    this.store = store;
  }

  void keep(RepositoryReport report) {
    store.putNamed(
        ArtifactPaths.state(report.review().batch(), report.review().key()),
        ArtifactJson.pretty(report));
  }

  /** The state kept last; empty when there is none that can be read. */
  Optional<RepositoryReport> find(String batch, String key) {
    String uri = ArtifactUri.of(ArtifactPaths.state(batch, key));
    try {
      return store
          .readIfPresent(uri, RepositoryReport.MAX_BYTES)
          .map(json -> ArtifactJson.read(json, RepositoryReport.class, uri));
    } catch (ArtifactCorruptException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The state kept last.
   *
   * @throws ApplicationFailure of the type {@code session_expired} when the batch's sessions have,
   *     of {@code state_missing} when there is none to use; both final
   */
  RepositoryReport read(StateInput input) {
    String batch = input.batch();
    String key = input.key();
    if (!input.forItsCost() && store.exists(ArtifactUri.of(ArtifactPaths.expired(batch)))) {
      throw FailureMapper.failure(
          Cause.SESSION_EXPIRED,
          "the session of "
              + key
              + " in batch "
              + batch
              + " has expired: its checkpoints were deleted by their age; review it again",
          null);
    }
    String uri = ArtifactUri.of(ArtifactPaths.state(batch, key));
    try {
      return ArtifactJson.read(
          store.read(uri, RepositoryReport.MAX_BYTES), RepositoryReport.class, uri);
    } catch (ArtifactNotFoundException | ArtifactCorruptException | IllegalArgumentException e) {
      throw Refusal.STATE_MISSING.because(
          "the review of "
              + key
              + " in batch "
              + batch
              + " can't be gone on with: "
              + e.getMessage());
    }
  }
}
