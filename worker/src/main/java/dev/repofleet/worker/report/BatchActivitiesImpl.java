package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.target.ManifestReader;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.sandbox.SandboxCleaning;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.batch.AdmitInput;
import dev.repofleet.workflows.activities.batch.AdmitOutcome;
import dev.repofleet.workflows.activities.batch.BatchActivities;
import dev.repofleet.workflows.activities.batch.ReconcileInput;
import dev.repofleet.workflows.activities.batch.ReconcileOutcome;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.client.ReviewRuns;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RunningRepository;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands out a batch's targets, and looks for reviews that ended in silence. Thread-safe. */
public final class BatchActivitiesImpl implements BatchActivities {
  private static final Logger log = LoggerFactory.getLogger(BatchActivitiesImpl.class);

  /**
   * A look at so many may take longer than there is time: each call begins at another one, and
   * comes as far as it comes. It is asked again each minute.
   */
  private static final int MAY_TAKE_TOO_LONG = 500;

  private final ArtifactStore store;
  private final TargetPages targets;
  private final WorkflowClient client;
  private final E2bClient e2b;
  private final Supplier<AttemptTime> attempt;
  private final AbandonedReviews abandoned;
  private final RepositoryResults results;
  private final ReviewStates states;

  /**
   * Asks and deletes through the clients, which stay their owner's to close.
   *
   * @param environment of the worker, for the secrets that a report must not repeat
   * @param attempt gives the time of the attempt that asks
   */
  public BatchActivitiesImpl(
      ArtifactStore store,
      PlanSource plans,
      WorkflowClient client,
      E2bClient e2b,
      Map<String, String> environment,
      Supplier<AttemptTime> attempt) {
    this.attempt = attempt;
    this.store = store;
    this.targets = new TargetPages(store, plans);
    this.client = client;
    this.e2b = e2b;
    this.abandoned =
        new AbandonedReviews(
            store, client, new RepositoryReportWriter(store, KnownSecrets.of(environment)));
    this.results = new RepositoryResults(store);
    this.states = new ReviewStates(store);
  }

  @Override
  public TargetPage readTargets(TargetPageRequest request) {
    return targets.page(request);
  }

  @Override
  public AdmitOutcome admitTargets(AdmitInput input) {
    try {
      ManifestRef wanted = input.manifest();
      ManifestReader.open(store, TargetPages.inStore(wanted));
      ArtifactRef named = store.name(whole(wanted.uri()), addedManifest(input));
      return new AdmitOutcome(new ManifestRef(named.uri(), wanted.sha256(), wanted.count()));
    } catch (ArtifactNotFoundException | ArtifactCorruptException | IllegalArgumentException e) {
      throw Refusal.MANIFEST_INVALID.because("the targets to add can't be used: " + e.getMessage());
    }
  }

  private static String addedManifest(AdmitInput input) {
    return ArtifactPaths.addedManifest(input.batch(), input.first());
  }

  /** The object with its size, which a reference to a manifest lacks. */
  private ArtifactRef whole(String uri) {
    try (InputStream in = store.open(uri)) {
      return store.put(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the manifest " + uri + " can't be read", e);
    }
  }

  @Override
  public ReconcileOutcome reconcile(ReconcileInput input) {
    AttemptTime time = attempt.get();
    List<RepositoryEnded> ended = new ArrayList<>();
    List<RunningRepository> neverStarted = new ArrayList<>();
    List<RunningRepository> all = new ArrayList<>(input.running());
    if (all.size() > MAY_TAKE_TOO_LONG) {
      Collections.rotate(all, ThreadLocalRandom.current().nextInt(all.size()));
    }
    RuntimeException failed = null;
    for (RunningRepository running : all) {
      if (time.isOver()) {
        break;
      }
      try {
        end(input, running, neverStarted, time).ifPresent(ended::add);
      } catch (ArtifactException | ApplicationFailure e) {
        // One that can't be looked at must not hide the others; it is looked at again.
        log.warn("What became of {} in batch {} is not known", running.key(), input.batch(), e);
        failed = e;
      }
    }
    if (failed != null && ended.isEmpty() && neverStarted.isEmpty()) {
      throw failed;
    }
    return new ReconcileOutcome(ended, neverStarted);
  }

  /** Empty while it runs, and while the server has not heard of it. */
  private Optional<RepositoryEnded> end(
      ReconcileInput asked,
      RunningRepository running,
      List<RunningRepository> neverStarted,
      AttemptTime time) {
    String batch = asked.batch();
    String fleet = asked.fleet();
    String workflowId = Fleet.reviewWorkflowId(batch, running.key());
    WorkflowExecutionDescription last;
    try {
      last = client.newUntypedWorkflowStub(workflowId).describe();
    } catch (WorkflowNotFoundException e) {
      // Asked for and not begun, or forgotten after the retention; then its result is all there is.
      return told(batch, running);
    }
    WorkflowExecutionStatus status = last.getStatus();
    if (ReviewRuns.isOpen(status)) {
      return Optional.empty();
    }
    boolean cancelled = status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED;
    boolean gaveNothingBack =
        status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED
            || status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT;
    if (fleet != null && gaveNothingBack) {
      deleteSandboxes(fleet, last);
    }
    Optional<RepositoryEnded> told = told(batch, running);
    if (told.isPresent()) {
      return told;
    }
    Optional<RepositoryReport> left = abandoned.report(batch, running.key(), cancelled);
    if (left.isPresent() && left.get().review().generation() < running.generation()) {
      // The one before it was still at work when it was to begin.
      neverStarted.add(running);
      return Optional.empty();
    }
    left.ifPresent(report -> abandoned.write(report, () -> time.require(workflowId)));
    return left.map(report -> report.ended().of(running))
        .or(() -> Optional.of(unknown(running, cancelled)));
  }

  private static RepositoryEnded unknown(RunningRepository running, boolean cancelled) {
    return new RepositoryEnded(
        running.index(),
        running.key(),
        cancelled ? RepositoryStatus.CANCELLED : RepositoryStatus.FAILED,
        cancelled ? Cause.CANCELLED : Cause.INTERNAL,
        SeverityCounts.NONE,
        UsageTotals.NONE,
        running.generation(),
        null);
  }

  /** How this generation ended, as far as it has left word; of an earlier one that says nothing. */
  private Optional<RepositoryEnded> told(String batch, RunningRepository running) {
    return states
        .find(batch, running.key())
        .filter(state -> state.review().generation() >= running.generation())
        .map(RepositoryReport::ended)
        .or(
            () ->
                // Of a later generation it holds what those before it cost as well.
                running.generation() > 0
                    ? Optional.empty()
                    : result(batch, running.key())
                        .filter(result -> result.generation() == 0)
                        .map(Conversions::ended))
        .map(end -> end.of(running));
  }

  /**
   * A review that was terminated had no time to give its sandbox back. Another server's review may
   * have its id, and a sandbox that is used again has the labels of its first lease: what is not
   * surely this one's is left to the pool. One that sleeps is not woken for that: a review that has
   * parked it there goes on from its checkpoint.
   */
  private void deleteSandboxes(String fleet, WorkflowExecutionDescription review) {
    String workflowId = review.getExecution().getWorkflowId();
    WorkflowExecutionInfo info = review.getWorkflowExecutionInfo();
    List<String> runs = List.of(info.getExecution().getRunId(), info.getFirstRunId());
    SandboxQuery left =
        SandboxQuery.builder()
            .metadata(Map.of("fleet", fleet, LeaseLabels.WORKFLOW, workflowId))
            .build();
    try {
      for (SandboxInfo sandbox : e2b.list(left)) {
        if (!runs.contains(sandbox.metadata().getOrDefault(LeaseLabels.RUN, ""))) {
          continue;
        }
        if (sandbox.state() == SandboxState.RUNNING && wasReturned(sandbox)) {
          continue;
        }
        log.info("Deleting sandbox {}, left by {}", sandbox.sandboxId(), workflowId);
        e2b.kill(sandbox.sandboxId());
      }
    } catch (E2bException e) {
      throw FailureMapper.map(e, "what " + workflowId + " left can't be deleted");
    }
  }

  /** Also of one that does not answer: it may be another's, and its end must not wait for it. */
  private boolean wasReturned(SandboxInfo sandbox) {
    try {
      return SandboxCleaning.wasReturned(
          e2b, sandbox.sandboxId(), sandbox.metadata().getOrDefault(LeaseLabels.LEASE, ""));
    } catch (E2bException e) {
      log.info("Sandbox {} is left to the pool: {}", sandbox.sandboxId(), e.getMessage());
      return true;
    }
  }

  /** A damaged result is none: the report says so of it. */
  private Optional<RepositoryResult> result(String batch, String key) {
    try {
      return results.find(batch, key);
    } catch (ArtifactCorruptException e) {
      return Optional.empty();
    }
  }
}
