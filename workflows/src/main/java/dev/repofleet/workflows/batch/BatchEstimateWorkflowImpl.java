package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ResolveInput;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.worker.CheckWorkerInput;
import dev.repofleet.workflows.order.ManifestRef;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Some targets at a time, by the very activity with which a review begins. */
public final class BatchEstimateWorkflowImpl implements BatchEstimateWorkflow {
  /** As many questions at once as a batch asks that says nothing of its concurrency. */
  private static final int AT_ONCE = 10;

  private static final int PAGE = 100;

  @Override
  public BatchEstimateOutcome look(BatchEstimateInput input) {
    ActivityStubs activities =
        new ActivityStubs(new Fleet(input.fleet()), "estimate " + input.batch());
    activities
        .checking()
        .checkWorker(new CheckWorkerInput(input.plan(), input.agent(), input.storeId()));
    Deque<TargetPage.Row> rows = new ArrayDeque<>(read(activities, input.manifest()));
    Map<Integer, TargetLook> seen = new TreeMap<>();
    List<Promise<Void>> lookers = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      lookers.add(
          Async.procedure(
              () -> {
                while (!rows.isEmpty()) {
                  TargetPage.Row row = rows.remove();
                  seen.put(row.index(), look(activities, input, row));
                }
              }));
    }
    lookers.forEach(Promise::get);
    return new BatchEstimateOutcome(new ArrayList<>(seen.values()));
  }

  private static List<TargetPage.Row> read(ActivityStubs activities, ManifestRef manifest) {
    List<TargetPage.Row> rows = new ArrayList<>();
    while (rows.size() < manifest.count()) {
      int limit = Math.min(PAGE, manifest.count() - rows.size());
      TargetPage page =
          activities.batch().readTargets(new TargetPageRequest(manifest, rows.size(), limit));
      if (page.rows().isEmpty()) {
        throw Refusal.MANIFEST_INVALID.because(
            "manifest " + manifest.uri() + " ends at target " + rows.size());
      }
      rows.addAll(page.rows());
    }
    return rows;
  }

  private static TargetLook look(
      ActivityStubs activities, BatchEstimateInput input, TargetPage.Row row) {
    try {
      ResolveOutcome found =
          activities
              .estimating()
              .resolve(
                  new ResolveInput(
                      input.batch(),
                      row.key(),
                      row.target(),
                      row.planOr(input.plan()),
                      input.agent(),
                      input.useCache(),
                      null,
                      !input.useCache()));
      EarlierResult unchanged = found.unchanged();
      return new TargetLook(
          row.index(),
          found.commit(),
          unchanged == null ? null : unchanged.batch(),
          null,
          null,
          base(found.incremental()));
    } catch (ActivityFailure e) {
      if (e.getCause() instanceof CanceledFailure) {
        throw e;
      }
      StepFailure failure = StepFailure.of(e);
      return new TargetLook(row.index(), null, null, failure.cause(), failure.message(), null);
    }
  }

  private static @Nullable String base(@Nullable Incremental incremental) {
    return incremental == null || incremental.fallback() != null ? null : incremental.base();
  }
}
