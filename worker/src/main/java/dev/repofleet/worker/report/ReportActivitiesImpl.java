package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.checkpoint.ReviewTrim;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.activities.report.ReportActivities;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.report.ReportOutcome;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.report.StateInput;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
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
  private final Supplier<AttemptTime> attempt;

  /**
   * @param environment of the worker, for the secrets that a report must not repeat
   * @param attempt gives the time of the attempt that asks
   */
  public ReportActivitiesImpl(
      ArtifactStore store,
      Map<String, String> environment,
      FleetMetrics metrics,
      Supplier<AttemptTime> attempt) {
    this(store, environment, metrics, attempt, Clock.systemUTC());
  }

  /** As the other, by another clock. */
  ReportActivitiesImpl(
      ArtifactStore store,
      Map<String, String> environment,
      FleetMetrics metrics,
      Supplier<AttemptTime> attempt,
      InstantSource clock) {
    this.attempt = attempt;
    this.metrics = metrics;
    this.repositories = new RepositoryReportWriter(store, KnownSecrets.of(environment));
    this.batches = new BatchReportWriter(store);
    this.states = new ReviewStates(store);
    this.trim = new ReviewTrim(store, clock);
  }

  @Override
  public ReportOutcome writeReport(ReportInput input) {
    AttemptTime time = attempt.get();
    RepositoryReport repository = input.repository();
    if (repository != null) {
      // One that was given up must not put its result over that of a later generation.
      Runnable mayName = () -> time.require("the report of " + repository.review().key());
      ReportOutcome written = new ReportOutcome(repositories.write(repository, mayName).uri());
      mayName.run();
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
      Runnable mayName = () -> time.require("the report of batch " + batch.batch());
      mayName.run();
      return new ReportOutcome(batches.write(batch, mayName).uri());
    }
    throw new IllegalStateException("a report of nothing");
  }

  @Override
  public RepositoryReport readState(StateInput input) {
    return states.read(input);
  }
}
