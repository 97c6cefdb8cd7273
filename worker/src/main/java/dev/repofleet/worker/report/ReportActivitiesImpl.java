package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.worker.checkpoint.ReviewTrim;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.activities.BatchReport;
import dev.repofleet.workflows.activities.ReportActivities;
import dev.repofleet.workflows.activities.ReportInput;
import dev.repofleet.workflows.activities.ReportOutcome;
import dev.repofleet.workflows.activities.RepositoryReport;
import dev.repofleet.workflows.activities.StateInput;
import dev.repofleet.workflows.activities.TurnOutcome;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes {@code review.json} and {@code batch.json}. Thread-safe. */
public final class ReportActivitiesImpl implements ReportActivities {
  private static final Logger log = LoggerFactory.getLogger(ReportActivitiesImpl.class);

  private final RepositoryReportWriter repositories;
  private final BatchReportWriter batches;
  private final ReviewStates states;
  private final ReviewTrim trim;
  private final FleetMetrics metrics;

  /**
   * @param environment of the worker, for the secrets that a report must not repeat
   */
  public ReportActivitiesImpl(
      ArtifactStore store, Map<String, String> environment, FleetMetrics metrics) {
    this(store, environment, metrics, Clock.systemUTC());
  }

  /** As the other, by another clock. */
  ReportActivitiesImpl(
      ArtifactStore store,
      Map<String, String> environment,
      FleetMetrics metrics,
      InstantSource clock) {
    this.metrics = metrics;
    this.repositories = new RepositoryReportWriter(store, KnownSecrets.of(environment));
    this.batches = new BatchReportWriter(store);
    this.states = new ReviewStates(store);
    this.trim = new ReviewTrim(store, clock);
  }

  @Override
  public ReportOutcome writeReport(ReportInput input) {
    RepositoryReport repository = input.repository();
    if (repository != null) {
      ReportOutcome written = new ReportOutcome(repositories.write(repository).uri());
      states.keep(repository);
      if (repository.review().followUpUri() != null) {
        batches.refresh(repository.review().batch(), repository.review().key());
      } else {
        metrics.repositoryEnded(repository);
      }
      log.info(
          "The review ended: {}, {}, {} USD",
          repository.status().code(),
          repository.cause() == null ? "no cause" : repository.cause().code(),
          repository.cost().costUsd());
      trim.trim(
          repository.review().batch(),
          repository.review().key(),
          repository.review().generation(),
          repository.turns().stream().map(TurnOutcome::turn).collect(Collectors.toSet()));
      return written;
    }
    BatchReport batch = input.batch();
    if (batch != null) {
      return new ReportOutcome(batches.write(batch).uri());
    }
    throw new IllegalStateException("a report of nothing");
  }

  @Override
  public RepositoryReport readState(StateInput input) {
    return states.read(input);
  }
}
