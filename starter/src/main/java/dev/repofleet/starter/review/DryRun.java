package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.target.ManifestReader;
import dev.repofleet.artifacts.target.ManifestRef;
import dev.repofleet.artifacts.target.TargetPlan;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.command.TerminalStyle;
import dev.repofleet.starter.estimate.CostEstimator;
import dev.repofleet.starter.estimate.EstimateRow;
import dev.repofleet.starter.estimate.EstimateSummary;
import dev.repofleet.starter.estimate.EstimateText;
import dev.repofleet.starter.estimate.PastReview.Place;
import dev.repofleet.starter.estimate.PastReview.PlanMark;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.starter.target.ManifestBuilder;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.batch.BatchEstimateInput;
import dev.repofleet.workflows.batch.TargetLook;
import dev.repofleet.workflows.client.TemporalConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a batch would review and may cost, without starting it. What it puts into the store has no
 * name, so that it is swept like everything that nothing refers to. For one batch and one thread.
 */
final class DryRun {
  private final CommandContext context;
  private final Terminal terminal;
  private final TemporalConnection connection;
  private final ArtifactStore store;
  private final BatchStarter.Wanted wanted;
  private final Map<String, Double> caps = new HashMap<>();

  DryRun(
      CommandContext context,
      Terminal terminal,
      TemporalConnection connection,
      ArtifactStore store,
      BatchStarter.Wanted wanted) {
    this.context = context;
    this.terminal = terminal;
    this.connection = connection;
    this.store = store;
    this.wanted = wanted;
  }

  /**
   * Blocks until the workers have looked, and shows what they saw.
   *
   * @param environment where Git is looked for
   * @param json as lines for scripts
   */
  void show(Fleet fleet, Map<String, String> environment, boolean json) {
    int size = wanted.targets().size();
    int looked = Math.min(size, BatchEstimateInput.MAX_TARGETS);
    terminal.say(
        "Dry run: workers look at "
            + (looked < size ? looked + " of " : "")
            + Wording.count(size, "repository", "repositories")
            + " ...");
    ArtifactRef plan = store.put(ArtifactJson.pretty(wanted.plan()));
    ManifestRef manifest =
        new ManifestBuilder(environment, store, terminal::say)
            .some(wanted.plan(), wanted.targets(), BatchEstimateInput.MAX_TARGETS);
    List<TargetLook> seen =
        new EstimateStarter(connection, context.clock(), terminal::say)
            .look(
                new BatchEstimateInput(
                    fleet.name(),
                    wanted.batch(),
                    ManifestBuilder.forWorkflows(manifest),
                    new PlanRef(plan.uri(), plan.sha256(), wanted.plan().name()),
                    store.storeId(),
                    wanted.agent(),
                    wanted.useCache()))
            .targets();
    List<EstimateRow> rows =
        rows(
            ManifestReader.open(store, manifest).readPage(0, BatchEstimateInput.MAX_TARGETS),
            seen,
            new PlanMark(plan.sha256(), wanted.plan().name()));
    EstimateSummary summary =
        EstimateSummary.of(
            new EstimateSummary.Batch(
                size, wanted.window(), allowedUsd(), wanted.limits().budgetUsd()),
            rows);
    if (json) {
      rows.forEach(row -> terminal.tellJson(ArtifactJson.line(row)));
      terminal.tellJson(ArtifactJson.line(summary));
    } else {
      EstimateText.lines(rows, summary, TerminalStyle.of(context.environment()))
          .forEach(terminal::tell);
    }
    EstimateText.notLookedAt(wanted.plan().cloneOptions()).ifPresent(terminal::say);
    terminal.say("Nothing was started: the same without --dry-run reviews them.");
  }

  private List<EstimateRow> rows(List<TargetRow> targets, List<TargetLook> seen, PlanMark ofBatch) {
    Set<String> keys = targets.stream().map(TargetRow::key).collect(Collectors.toSet());
    terminal.say("Reading what earlier reviews came to ...");
    PastReviews past = PastReviews.read(store, wanted.agent(), keys);
    if (past.unreadable() > 0) {
      terminal.say(
          Wording.count(past.unreadable(), "earlier result", "earlier results")
              + " can't be read and count for nothing.");
    }
    CostEstimator estimator = new CostEstimator(past.reviews());
    List<EstimateRow> rows = new ArrayList<>();
    for (TargetLook look : seen) {
      TargetRow target = targets.get(look.index());
      rows.add(row(estimator, past.place(target), target, look, ofBatch));
    }
    return rows;
  }

  private EstimateRow row(
      CostEstimator estimator, Place place, TargetRow target, TargetLook look, PlanMark ofBatch) {
    Cause cause = look.cause();
    String commit = look.commit();
    TargetPlan own = target.plan();
    double capUsd = capUsd(own);
    boolean costs = wanted.agent().usesModel();
    if (cause != null || commit == null) {
      Cause why = cause == null ? Cause.INTERNAL : cause;
      String problem = String.valueOf(look.problem());
      // A batch would try for longer, and then mostly review it.
      return why.decision() == Cause.Decision.RETRY
          ? EstimateRow.unknown(place, target.target(), why.code(), problem, costs ? capUsd : 0)
          : EstimateRow.fail(place, target.target(), why.code(), problem);
    }
    String since = look.unchangedSince();
    if (since != null) {
      return EstimateRow.skip(place, target.target(), commit, since);
    }
    return EstimateRow.review(
        estimator,
        place,
        target.target(),
        commit,
        look.base(),
        own == null ? ofBatch : new PlanMark(own.sha256(), own.name()),
        capUsd,
        costs);
  }

  private double capUsd(@Nullable TargetPlan own) {
    return own == null
        ? wanted.plan().limits().budgetUsd()
        : caps.computeIfAbsent(
            own.sha256(),
            unused ->
                ArtifactJson.read(store, own.uri(), Plan.class, Plan.MAX_BYTES)
                    .limits()
                    .budgetUsd());
  }

  /** What the plans allow all targets together. */
  private double allowedUsd() {
    if (!wanted.agent().usesModel()) {
      return 0;
    }
    double[] sum = {0};
    wanted
        .targets()
        .forEach(
            target -> {
              Double own = target.overrides().budgetUsd();
              sum[0] += own == null ? wanted.plan().limits().budgetUsd() : own;
            });
    return sum[0];
  }
}
