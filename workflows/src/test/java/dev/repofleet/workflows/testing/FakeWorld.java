package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.agent.AgentActivities;
import dev.repofleet.workflows.activities.agent.StopActivities;
import dev.repofleet.workflows.activities.agent.StopInput;
import dev.repofleet.workflows.activities.agent.StopOutcome;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.batch.AdmitInput;
import dev.repofleet.workflows.activities.batch.AdmitOutcome;
import dev.repofleet.workflows.activities.batch.BatchActivities;
import dev.repofleet.workflows.activities.batch.GateActivities;
import dev.repofleet.workflows.activities.batch.GateInput;
import dev.repofleet.workflows.activities.batch.GateOutcome;
import dev.repofleet.workflows.activities.batch.ReconcileInput;
import dev.repofleet.workflows.activities.batch.ReconcileOutcome;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.activities.git.CloneInput;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffInput;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.GitActivities;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.ResolveInput;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.git.ReviewIgnore;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.activities.report.ReportActivities;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.report.ReportOutcome;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.report.StateInput;
import dev.repofleet.workflows.activities.review.ReviewActivities;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.review.ReviewRequest;
import dev.repofleet.workflows.activities.review.VerdictsOutcome;
import dev.repofleet.workflows.activities.review.VerdictsRequest;
import dev.repofleet.workflows.activities.review.VerifyActivities;
import dev.repofleet.workflows.activities.review.VerifyInput;
import dev.repofleet.workflows.activities.review.VerifyOutcome;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.LeaseOutcome;
import dev.repofleet.workflows.activities.sandbox.PauseInput;
import dev.repofleet.workflows.activities.sandbox.PauseOutcome;
import dev.repofleet.workflows.activities.sandbox.PrepareInput;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseOutcome;
import dev.repofleet.workflows.activities.sandbox.SandboxActivities;
import dev.repofleet.workflows.activities.sandbox.WakeInput;
import dev.repofleet.workflows.activities.schedule.ScheduleActivities;
import dev.repofleet.workflows.activities.schedule.ScheduledCopyInput;
import dev.repofleet.workflows.activities.schedule.ScheduledCopyOutcome;
import dev.repofleet.workflows.activities.worker.CheckWorkerInput;
import dev.repofleet.workflows.activities.worker.WorkerActivities;
import dev.repofleet.workflows.activities.worker.WorkerReport;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.progress.RepositoryEnded;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Git hosts, sandboxes, the agent and the artifact store of the tests, behind all activities. Every
 * activity can be disturbed. Thread-safe.
 */
public final class FakeWorld extends DisturbedActivities
    implements AgentActivities,
        BatchActivities,
        ScheduleActivities,
        GateActivities,
        GitActivities,
        ReportActivities,
        ReviewActivities,
        SandboxActivities,
        StopActivities,
        VerifyActivities,
        WorkerActivities {
  public static final String COMMIT = "c0ffee".repeat(7).substring(2);

  private final FakeWebhook webhook = new FakeWebhook();
  private final Map<Integer, RepositoryEnded> endedInSilence = new ConcurrentHashMap<>();
  private final List<StopInput> stops = Collections.synchronizedList(new ArrayList<>());
  private final List<RepositoryReport> reports = Collections.synchronizedList(new ArrayList<>());
  private final List<BatchReport> batchReports = Collections.synchronizedList(new ArrayList<>());
  private final List<TargetPageRequest> pages = Collections.synchronizedList(new ArrayList<>());

  private final SeverityCounts findings = new SeverityCounts(0, 1, 2, 0, 0);
  private volatile SeverityCounts rejected = SeverityCounts.NONE;
  private volatile PlanOutline outline = Inputs.outline();
  private volatile UnaryOperator<TargetPage.Row> rowPlans = UnaryOperator.identity();
  private volatile int pageSize = TargetPageRequest.MAX_LIMIT;
  private volatile GateOutcome gate = GateOutcome.OPEN;

  private final FakePool pool = new FakePool();
  private final FakeSandboxes sandboxes = new FakeSandboxes(pool);
  private final FakeAgent agent = new FakeAgent();
  private volatile @Nullable EarlierResult earlier;
  private volatile @Nullable Incremental base;
  private final AtomicInteger clones = new AtomicInteger();
  private volatile boolean byLogin;
  private volatile int filesChanged = 1;
  private final List<VerifyInput> commands = Collections.synchronizedList(new ArrayList<>());
  private volatile VerifyOutcome command =
      new VerifyOutcome(VerifyOutcome.Ending.PASSED, 0, 2_000, "store:output", null);

  /** Where batches tell their news. */
  public FakeWebhook webhook() {
    return webhook;
  }

  /** The pool that gives the permits for all of it. */
  public FakePool pool() {
    return pool;
  }

  /** The agent in all sandboxes. */
  public FakeAgent agent() {
    return agent;
  }

  /** All sandboxes there are, each from its lease to its release. */
  public FakeSandboxes sandboxes() {
    return sandboxes;
  }

  /** The batch does not want its repositories any more. */
  public void closingTheGate(String reason) {
    gate = new GateOutcome(false, reason);
  }

  /** Clones need a login. */
  public void closed() {
    byLogin = true;
  }

  public void planning(PlanOutline plan) {
    outline = plan;
  }

  /** Pages of the manifest hold no more rows than this. */
  public void pagesOf(int rows) {
    pageSize = rows;
  }

  /** Rows of the manifest have plans of their own. */
  public void rowPlans(UnaryOperator<TargetPage.Row> plans) {
    rowPlans = plans;
  }

  /** There is a result of every repository already, as another batch left it. */
  public void reviewedBefore(EarlierResult result) {
    earlier = result;
  }

  /** There is a result to go on from; each clone counts one changed file more. */
  public void reviewedUpTo(Incremental since) {
    base = since;
  }

  /** A review is closed and told nobody. */
  public void endedInSilence(RepositoryEnded repository) {
    endedInSilence.put(repository.index(), repository);
  }

  public List<StopInput> stops() {
    return List.copyOf(stops);
  }

  /** The one repository report. */
  public RepositoryReport report() {
    if (reports.size() != 1) {
      throw new AssertionError("expected one report, found " + reports);
    }
    return reports.get(0);
  }

  public List<RepositoryReport> reports() {
    return List.copyOf(reports);
  }

  public List<BatchReport> batchReports() {
    return List.copyOf(batchReports);
  }

  public List<TargetPageRequest> pages() {
    return List.copyOf(pages);
  }

  @Override
  public WorkerReport checkWorker(CheckWorkerInput input) {
    return step(
        "CheckWorker",
        () -> new WorkerReport(input.storeId(), List.of(AgentKind.REHEARSAL), false, outline));
  }

  @Override
  public TargetPage readTargets(TargetPageRequest request) {
    return step(
        "ReadTargets",
        () -> {
          pages.add(request);
          int end =
              Math.min(
                  request.manifest().count(),
                  request.offset() + Math.min(request.limit(), pageSize));
          List<TargetPage.Row> rows = new ArrayList<>();
          for (int i = request.offset(); i < end; i++) {
            int named = request.manifest().uri().startsWith(Inputs.MORE) ? 100 + i : i;
            rows.add(
                rowPlans.apply(new TargetPage.Row(i, Inputs.key(named), Inputs.target(named))));
          }
          return new TargetPage(rows);
        });
  }

  @Override
  public AdmitOutcome admitTargets(AdmitInput input) {
    return step("AdmitTargets", () -> new AdmitOutcome(input.manifest()));
  }

  @Override
  public ScheduledCopyOutcome copyScheduled(ScheduledCopyInput input) {
    return step("CopyScheduled", () -> new ScheduledCopyOutcome(input.manifest(), input.plan()));
  }

  @Override
  public ReconcileOutcome reconcile(ReconcileInput input) {
    return step(
        "Reconcile",
        () ->
            new ReconcileOutcome(
                input.running().stream()
                    .flatMap(
                        running ->
                            endedInSilence.values().stream()
                                .filter(ended -> ended.index() == running.index()))
                    .toList(),
                List.of()));
  }

  @Override
  public ResolveOutcome resolve(ResolveInput input) {
    return step(
        "Resolve",
        () ->
            new ResolveOutcome(
                COMMIT,
                "refs/heads/main",
                "c".repeat(64),
                input.useCache() ? earlier : null,
                "d".repeat(64),
                input.before() == null ? base : input.before()));
  }

  @Override
  public LeaseOutcome lease(LeaseInput input) {
    return step("Lease", () -> sandboxes.lease(input));
  }

  @Override
  public CloneOutcome cloneRepository(CloneInput input) {
    return step("Clone", input.sandboxId(), () -> inventory(input.resolved().incremental()));
  }

  /** Where something is compared, with other numbers each time, as if the world had changed. */
  private CloneOutcome inventory(@Nullable Incremental asked) {
    int changes = asked == null ? 0 : clones.incrementAndGet();
    return new CloneOutcome(
        3,
        1_234,
        "7".repeat(40),
        List.of("Java"),
        List.of("CLAUDE.md"),
        List.of(100),
        asked == null ? null : new ReviewIgnore(changes, 1, null, null),
        asked == null ? null : asked.compared(changes),
        byLogin);
  }

  @Override
  public PrepareOutcome prepare(PrepareInput input) {
    return step(
        "Prepare",
        input.sandboxId(),
        () -> {
          sandboxes.prepare(input);
          return new PrepareOutcome("rehearsal 1", agent.checkpoint(input.key()));
        });
  }

  @Override
  public TurnOutcome run(TurnInput input) {
    return step(
        "Run",
        input.sandboxId(),
        () -> {
          sandboxes.requireFence(input);
          return agent.turn(input);
        });
  }

  @Override
  public ReviewOutcome review(ReviewRequest request) {
    return step(
        "Review",
        request.sandboxId(),
        () -> {
          String uri = request.answerUri();
          Verdict verdict =
              uri == null
                  ? Verdict.MISSING
                  : Verdict.valueOf(uri.substring(uri.lastIndexOf('/') + 1));
          return verdict == Verdict.VALID
              ? new ReviewOutcome(verdict, null, "store:" + request.key(), findings, 0)
              : new ReviewOutcome(verdict, "no findings in it", null, SeverityCounts.NONE, 0);
        });
  }

  /** A verification rejects these of the findings, and confirms the others. */
  public void rejecting(SeverityCounts counts) {
    rejected = counts;
  }

  @Override
  public VerdictsOutcome judgeVerdicts(VerdictsRequest request) {
    return step(
        "JudgeVerdicts",
        () -> {
          String uri = request.answerUri();
          if (uri == null || !uri.endsWith("/" + Verdict.VALID)) {
            return new VerdictsOutcome(
                request.reviewUri(), findings, 0, 0, findings.total(), "no verdicts in it");
          }
          SeverityCounts left = findings.minus(rejected);
          return new VerdictsOutcome(
              request.reviewUri() + "/verified", left, left.total(), rejected.total(), 0, null);
        });
  }

  @Override
  public GateOutcome gate(GateInput input) {
    return step("Gate", () -> gate);
  }

  @Override
  public LeaseOutcome wake(WakeInput input) {
    return step("Wake", () -> sandboxes.wake(input));
  }

  @Override
  public PauseOutcome pause(PauseInput input) {
    return step("Pause", () -> sandboxes.pause(input));
  }

  @Override
  public StopOutcome stop(StopInput input) {
    return step(
        "Stop",
        () -> {
          stops.add(input);
          return new StopOutcome("stopped");
        });
  }

  @Override
  public DiffOutcome diff(DiffInput input) {
    return step(
        "Diff",
        input.sandboxId(),
        () ->
            new DiffOutcome(
                filesChanged == 0 ? null : "store:" + input.key() + "/changes.patch",
                99,
                filesChanged,
                "8".repeat(40),
                List.of(),
                null));
  }

  /** What the plan's own command comes to; it passes unless said. */
  public void endingTheCommand(VerifyOutcome outcome) {
    command = outcome;
  }

  /** The plan's own command, as it was asked for. */
  public List<VerifyInput> commands() {
    return List.copyOf(commands);
  }

  /** The agent changes nothing. */
  public void changingNothing() {
    filesChanged = 0;
  }

  @Override
  public VerifyOutcome verify(VerifyInput input) {
    return step(
        "Verify",
        input.sandboxId(),
        () -> {
          commands.add(input);
          return command;
        });
  }

  @Override
  public ReleaseOutcome release(ReleaseInput input) {
    return step("Release", () -> sandboxes.release(input));
  }

  @Override
  public ReportOutcome writeReport(ReportInput input) {
    return step(
        "WriteReport",
        () -> {
          if (input.repository() != null) {
            reports.add(input.repository());
            return new ReportOutcome("store:review.json");
          }
          if (input.batch() != null) {
            batchReports.add(input.batch());
          }
          return new ReportOutcome("store:batch.json");
        });
  }

  @Override
  public RepositoryReport readState(StateInput input) {
    return step(
        "ReadState",
        () ->
            reports.stream()
                .filter(report -> report.review().key().equals(input.key()))
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> fatal("ReadState of " + input.key(), "state_missing")));
  }

  private <T> T step(String activity, String sandboxId, Supplier<T> effect) {
    return step(
        activity,
        () -> {
          sandboxes.require(activity, sandboxId);
          return effect.get();
        });
  }
}
