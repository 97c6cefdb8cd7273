package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.PromptFacts;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.RunSeen;
import dev.repofleet.workflows.activities.agent.StopInput;
import dev.repofleet.workflows.activities.agent.StopOutcome;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.batch.AdmitInput;
import dev.repofleet.workflows.activities.batch.AdmitOutcome;
import dev.repofleet.workflows.activities.batch.BatchNews;
import dev.repofleet.workflows.activities.batch.BatchNotice;
import dev.repofleet.workflows.activities.batch.GateInput;
import dev.repofleet.workflows.activities.batch.GateOutcome;
import dev.repofleet.workflows.activities.batch.NoticeKind;
import dev.repofleet.workflows.activities.batch.ReconcileInput;
import dev.repofleet.workflows.activities.batch.ReconcileOutcome;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.activities.git.CloneInput;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffInput;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ResolveInput;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.report.ReportOutcome;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.report.StateInput;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.review.ReviewRequest;
import dev.repofleet.workflows.activities.review.VerdictsOutcome;
import dev.repofleet.workflows.activities.review.VerdictsRequest;
import dev.repofleet.workflows.activities.review.VerifyInput;
import dev.repofleet.workflows.activities.review.VerifyOutcome;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.LeaseOutcome;
import dev.repofleet.workflows.activities.sandbox.PauseInput;
import dev.repofleet.workflows.activities.sandbox.PauseOutcome;
import dev.repofleet.workflows.activities.sandbox.PrepareInput;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome.Restored;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseOutcome;
import dev.repofleet.workflows.activities.sandbox.WakeInput;
import dev.repofleet.workflows.activities.schedule.ScheduledCopyInput;
import dev.repofleet.workflows.activities.schedule.ScheduledCopyOutcome;
import dev.repofleet.workflows.activities.worker.CheckWorkerInput;
import dev.repofleet.workflows.activities.worker.WorkerReport;
import dev.repofleet.workflows.batch.BatchControl;
import dev.repofleet.workflows.batch.BatchEstimateInput;
import dev.repofleet.workflows.batch.BatchEstimateOutcome;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.BatchPaused;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.batch.BatchResumed;
import dev.repofleet.workflows.batch.BatchSet;
import dev.repofleet.workflows.batch.BatchSettings;
import dev.repofleet.workflows.batch.RepositoriesCancelled;
import dev.repofleet.workflows.batch.RepositoriesRequeued;
import dev.repofleet.workflows.batch.RepositorySelection;
import dev.repofleet.workflows.batch.TargetLook;
import dev.repofleet.workflows.batch.TargetsAdded;
import dev.repofleet.workflows.batch.TargetsToAdd;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import dev.repofleet.workflows.progress.BatchCarry;
import dev.repofleet.workflows.progress.BatchHold;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import dev.repofleet.workflows.progress.IndexRange;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RepositoryGeneration;
import dev.repofleet.workflows.progress.RepositoryParked;
import dev.repofleet.workflows.progress.RequeuedRepository;
import dev.repofleet.workflows.progress.RunningRepository;
import dev.repofleet.workflows.review.FollowUpAnswered;
import dev.repofleet.workflows.review.FollowUpPrompt;
import dev.repofleet.workflows.review.FollowUpsWaiting;
import dev.repofleet.workflows.review.RepositoryProgress;
import dev.repofleet.workflows.review.ReviewPaused;
import dev.repofleet.workflows.schedule.ScheduledBatchInput;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One of every record that travels through histories, all fields set where they can be. */
public final class Samples {
  private static final String COMMIT = FakeWorld.COMMIT;
  private static final String FENCE = "f".repeat(32);
  private static final String SESSION = "2ed6657d-e927-568b-95e1-2665a8aea6a2";
  private static final String STORE = "0f6a3a0e-5b0e-4a53-9d53-3a1f6f1f9c11";
  private static final SeverityCounts COUNTS = new SeverityCounts(1, 2, 3, 4, 5);
  private static final UsageTotals USAGE =
      new UsageTotals(100, 200, 300, 400, 0.25, UsageTotals.CostSource.ESTIMATED);
  private static final Target TARGET =
      new Target(
          "acme/app@v1",
          "https://github.com/acme/app",
          "v1",
          "src",
          null,
          null,
          null,
          null,
          "github.com/acme/app",
          null);
  private static final Target BUNDLE =
      new Target(
          "./app",
          null,
          null,
          null,
          COMMIT,
          "store:batches/nightly/app.bundle",
          null,
          null,
          "app",
          "path:0123456789abcdef");
  private static final Target UNUSABLE =
      new Target(
          "./new",
          null,
          null,
          null,
          null,
          null,
          Cause.REPOSITORY_EMPTY,
          "'./new' has no commit yet: commit something there first",
          "new",
          null);
  private static final PlanRef PLAN = Inputs.PLAN;
  private static final PlanOutline OUTLINE =
      new PlanOutline(
          "audit",
          "claude",
          2,
          80,
          Duration.ofMinutes(45),
          Duration.ofHours(1),
          List.of("findings.high > 0"),
          List.of(),
          Duration.ofDays(7),
          Duration.ofHours(1),
          "findings.critical > 0",
          Duration.ofMinutes(10));
  private static final TargetLook LOOK =
      new TargetLook(1, COMMIT, "monday", null, null, "b".repeat(40));
  private static final ManifestRef MANIFEST =
      new ManifestRef("store:batches/nightly/manifest.jsonl", "a".repeat(64), 3);
  private static final RunningRepository RUNNING = new RunningRepository(2, "app-2", 0.75, 1);
  private static final RepositoryEnded ENDED =
      new RepositoryEnded(
          1, "app-1", RepositoryStatus.PARTIAL, Cause.TURNS_EXHAUSTED, COUNTS, USAGE, 1, COUNTS);
  private static final BatchTally TALLY =
      new BatchTally(
          Map.of(RepositoryStatus.COMPLETE, 1, RepositoryStatus.SKIPPED_UNCHANGED, 2),
          COUNTS,
          USAGE);
  private static final IndexRange RANGE = new IndexRange(4, 6);
  private static final BatchSettings SETTINGS = new BatchSettings(20, 12.5);
  private static final BatchControl CONTROL =
      new BatchControl(true, SETTINGS, 0.75, List.of(RANGE), List.of(RANGE), "2 of 3 failed");
  private static final BatchCarry CARRY =
      new BatchCarry(
          1_700_000_000_000L,
          OUTLINE,
          3,
          List.of(RUNNING),
          TALLY,
          List.of(2),
          "the model's provider refuses the key",
          true,
          3L,
          List.of(MANIFEST),
          List.of(new RequeuedRepository(0, RepositoryStatus.FAILED)),
          List.of(new RepositoryGeneration(2, 1)),
          Map.of(RepositoryStatus.PARTIAL, List.of(RANGE)),
          List.of(RANGE));
  private static final BatchLimits LIMITS = new BatchLimits(12.5, 5, 10.0);
  private static final ScheduledBatchInput SCHEDULED =
      new ScheduledBatchInput(
          1, "repofleet", "nightly", MANIFEST, PLAN, STORE, 10, AgentKind.CLAUDE, LIMITS, false);
  private static final BatchInput BATCH =
      new BatchInput(
          1,
          "repofleet",
          "nightly",
          MANIFEST,
          PLAN,
          STORE,
          10,
          AgentKind.CLAUDE,
          Duration.ofSeconds(30),
          Duration.ofMillis(1_500),
          CARRY,
          LIMITS,
          false);
  private static final ReviewInput REVIEW =
      new ReviewInput(
          1,
          "repofleet",
          "nightly",
          1,
          "app-1",
          TARGET,
          PLAN,
          OUTLINE,
          AgentKind.REHEARSAL,
          2,
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          STORE,
          "store:prompt",
          0.75,
          false);
  private static final EarlierResult EARLIER =
      new EarlierResult("nightly-1", "app-1", "store:objects/review", COUNTS);
  private static final Incremental INCREMENTAL =
      new Incremental(
          "b".repeat(40),
          "nightly-1",
          "app-1",
          12,
          Incremental.Fallback.BASE_NOT_FETCHED,
          "store:objects/changed");
  private static final ResolveOutcome RESOLVED =
      new ResolveOutcome(
          COMMIT, "refs/tags/v1", "c".repeat(64), EARLIER, "d".repeat(64), INCREMENTAL);
  private static final ReviewIgnore IGNORED =
      new ReviewIgnore(5, 2, "store:rules", ReviewIgnore.Unheeded.TOO_SLOW);
  private static final CloneOutcome CLONED =
      new CloneOutcome(
          3,
          1_234,
          "7".repeat(40),
          List.of("Java"),
          List.of("CLAUDE.md"),
          List.of(100),
          IGNORED,
          INCREMENTAL,
          true);
  private static final PromptFacts FACTS =
      new PromptFacts(
          "github.com/acme/app",
          "refs/tags/v1",
          3,
          1_234,
          List.of("Java", "Shell"),
          List.of(80, 20),
          COUNTS,
          IGNORED,
          INCREMENTAL,
          "store:verified");
  private static final TurnOutcome TURN =
      new TurnOutcome(
          1,
          PromptKind.REPAIR,
          2,
          Cause.AGENT_TIMEOUT,
          "45 minutes are over",
          12,
          USAGE,
          2_700_000,
          "claude",
          "store:answer",
          "store:text",
          "store:events",
          "store:transcript",
          "store:log",
          true,
          30L,
          "store:checkpoint",
          1_700_000_000_000L);
  private static final Restored RESTORED =
      new Restored("store:checkpoint", 1, 2, false, 4_096, "follow_up.0", 8_192L);
  private static final TurnBasis BASIS = new TurnBasis(3, 0, 4_096L, true);
  private static final ReviewOutcome OUTCOME =
      new ReviewOutcome(Verdict.INVALID, "no findings in it", "store:review", COUNTS, 1);
  private static final DiffOutcome DIFF =
      new DiffOutcome("store:patch", 99, 1, "8".repeat(40), List.of("vendor: nested"), "a secret");
  private static final VerifyOutcome VERIFIED =
      new VerifyOutcome(VerifyOutcome.Ending.FAILED, 2, 3_000, "store:output", "why not");
  private static final RepositoryReport REPORT =
      new RepositoryReport(
          REVIEW,
          RepositoryStatus.PARTIAL,
          Cause.TURNS_EXHAUSTED,
          "the agent used up its turns",
          RESOLVED,
          SESSION,
          "2.1.197",
          CLONED,
          List.of(TURN),
          OUTCOME,
          DIFF,
          1_700_000_000_000L,
          1_700_000_060_000L,
          50_000,
          Map.of("run", 40_000L, "resolve", 1_000L),
          USAGE,
          2,
          USAGE,
          COUNTS,
          Map.of("store:prompt", 1),
          VERIFIED);
  private static final BatchReport BATCH_REPORT =
      new BatchReport(
          BATCH,
          BatchStatus.FINISHED_WITH_FAILURES,
          3,
          1_700_000_000_000L,
          1_700_000_060_000L,
          "2 of 3 failed",
          List.of(RANGE));

  /** One of each type, no type twice. */
  private static final List<Record> REVIEWS_AND_BATCHES =
      List.of(
          PLAN,
          COUNTS,
          USAGE,
          TARGET,
          OUTLINE,
          REVIEW,
          new RunSeen(new RunSeen.Numbers(3, 0.5)),
          new RunSeen.Numbers(3, 0.5),
          new RepositoryProgress(
              Stage.FOLLOW_UP,
              2,
              RepositoryStatus.PARTIAL,
              Cause.BUDGET_EXHAUSTED,
              1.5,
              COUNTS,
              1,
              1_700_000_000_000L),
          MANIFEST,
          RUNNING,
          ENDED,
          TALLY,
          CARRY,
          BATCH,
          new BatchOutcome(BatchStatus.STOPPED_BUDGET, TALLY, "store:batch.json"),
          new BatchProgress(
              BatchStatus.RUNNING,
              1_700_000_000_000L,
              3,
              3,
              List.of(RUNNING),
              TALLY,
              "the model's provider refuses the key",
              CONTROL),
          new BatchHold("the model's provider refuses the key"),
          new BatchResumed("the model's provider refuses the key", true),
          RANGE,
          SETTINGS,
          CONTROL,
          LIMITS,
          new RequeuedRepository(0, RepositoryStatus.FAILED),
          new RepositoryGeneration(2, 1),
          new RepositorySelection(List.of(0, 2), true),
          new RepositoriesRequeued(2, 1),
          new RepositoriesCancelled(1, 2, 3),
          new BatchPaused(10, 90),
          new BatchSet(new BatchSettings(10, null), SETTINGS, 1.5, 0.75, 10),
          new TargetsToAdd(MANIFEST, 3),
          new TargetsAdded(3, 6),
          new AdmitInput("nightly", MANIFEST, 3),
          new ScheduledCopyInput("nightly", "nightly-20260102-030000", MANIFEST, PLAN, STORE),
          new ScheduledCopyOutcome(MANIFEST, PLAN),
          SCHEDULED,
          new AdmitOutcome(MANIFEST),
          new ReviewPaused(true, 1),
          new BatchEstimateInput(
              "repofleet", "nightly", MANIFEST, PLAN, STORE, AgentKind.CLAUDE, true),
          new BatchEstimateOutcome(
              List.of(
                  new TargetLook(
                      0,
                      null,
                      null,
                      Cause.GIT_NOT_FOUND,
                      "acme/app: there is no such repository",
                      null),
                  LOOK)),
          LOOK,
          new PermitReply(
              PermitReply.Kind.GRANTED,
              "review/nightly/app-1:run:0",
              "review/nightly/app-1",
              "run",
              FENCE,
              1_700_000_000_000L,
              "sandbox-0",
              120,
              true),
          new CheckWorkerInput(PLAN, AgentKind.CLAUDE, STORE),
          new WorkerReport(STORE, List.of(AgentKind.CLAUDE, AgentKind.REHEARSAL), true, OUTLINE),
          new TargetPageRequest(MANIFEST, 0, 3),
          new TargetPage(
              List.of(
                  new TargetPage.Row(0, "app-0", BUNDLE),
                  new TargetPage.Row(1, "new-1", UNUSABLE))),
          new TargetPage.Row(1, "app-1", TARGET, PLAN, OUTLINE),
          new ReconcileInput("nightly", List.of(RUNNING), null),
          new ReconcileOutcome(List.of(ENDED), List.of(RUNNING)),
          new ResolveInput(
              "nightly", "app-0", BUNDLE, PLAN, AgentKind.CLAUDE, true, INCREMENTAL, true),
          EARLIER,
          INCREMENTAL,
          RESOLVED,
          new LeaseInput(
              "repofleet",
              "review/nightly/app-1:run:0",
              "claude",
              Duration.ofHours(1),
              "review/nightly/app-1",
              1_700_000_000_000L,
              "sandbox-0",
              true),
          new LeaseOutcome("sandbox-1", "0.6.13"),
          new CloneInput(
              "nightly",
              "app-1",
              "sandbox-1",
              TARGET,
              RESOLVED,
              PLAN,
              "review/nightly/app-1:run:0"),
          CLONED,
          IGNORED,
          new PrepareInput(
              "nightly",
              "app-1",
              "sandbox-1",
              FENCE,
              2,
              1,
              0,
              AgentKind.CLAUDE,
              PLAN,
              STORE,
              SESSION,
              COMMIT,
              "src",
              "review/nightly/app-1:run:0",
              "follow_up.0"),
          RESTORED,
          new PrepareOutcome("2.1.197", RESTORED),
          new BatchNotice(
              NoticeKind.HELD,
              "repofleet",
              "nightly",
              1_700_000_000_000L,
              BatchStatus.RUNNING,
              "the model's provider refuses the key",
              3,
              BatchTally.NONE),
          new GateInput("nightly", "app-1", "review-batch/nightly"),
          new BatchNews("review-batch/nightly", null, new RepositoryParked(7, true)),
          new GateOutcome(false, "batch nightly was terminated"),
          new PauseInput("sandbox-1", "repofleet", "review/nightly/app-1:run:0", "run", FENCE),
          new WakeInput(
              "review/nightly/app-1:run:0", "sandbox-1", Duration.ofHours(1), 1_700_000_000_000L),
          new PauseOutcome(true),
          new StateInput("nightly", "app-1", true),
          new RepositoryParked(1, true),
          new FollowUpAnswered(1),
          new FollowUpPrompt("store:prompt"),
          new FollowUpsWaiting(2),
          BASIS,
          new RunLoss(1, 4, USAGE, 60_000),
          new TurnInput(
              "nightly",
              "app-1",
              "sandbox-1",
              FENCE,
              2,
              1,
              SESSION,
              PromptKind.FOLLOW_UP,
              1,
              COMMIT,
              "src",
              AgentKind.CLAUDE,
              PLAN,
              1.75,
              70,
              Duration.ofMinutes(45),
              Duration.ofSeconds(60),
              STORE,
              BASIS,
              true,
              "store:prompt",
              Cause.AGENT_TIMEOUT,
              FACTS),
          FACTS,
          TURN,
          new StopInput("sandbox-1", FENCE, 2, 1),
          new StopOutcome("stopped"),
          new ReviewRequest("nightly", "app-1", "sandbox-1", COMMIT, "src", PLAN, "store:answer"),
          OUTCOME,
          new VerdictsRequest("nightly", "app-1", PLAN, "store:review", "store:answer"),
          new VerdictsOutcome("store:verified", COUNTS, 2, 1, 3, "no verdicts in it"),
          new DiffInput("nightly", "app-1", "sandbox-1", COMMIT),
          DIFF,
          VERIFIED,
          new VerifyInput("nightly", "app-1", "sandbox-1", PLAN, "services/api"),
          new ReleaseInput(
              "repofleet", "review/nightly/app-1:run:0", "sandbox-1", "run", true, true),
          new ReleaseOutcome(1),
          new ReportInput(REPORT, null),
          REPORT,
          BATCH_REPORT,
          new ReportOutcome("store:review.json"));

  private Samples() {}

  /** One of each, those of the pool too. */
  public static List<Record> all() {
    return Stream.of(REVIEWS_AND_BATCHES, PoolSamples.ALL, PublishSamples.ALL)
        .flatMap(List::stream)
        .toList();
  }
}
