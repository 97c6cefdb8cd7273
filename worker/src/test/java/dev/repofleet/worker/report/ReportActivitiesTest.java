package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.artifacts.AgentInfo;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.BatchResult;
import dev.repofleet.artifacts.BatchRow;
import dev.repofleet.artifacts.CanonicalTarget;
import dev.repofleet.artifacts.Checkpoint;
import dev.repofleet.artifacts.Coverage;
import dev.repofleet.artifacts.CoverageStatus;
import dev.repofleet.artifacts.Exclusion;
import dev.repofleet.artifacts.Finding;
import dev.repofleet.artifacts.IgnoredFiles;
import dev.repofleet.artifacts.ManifestWriter;
import dev.repofleet.artifacts.NotCarried;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.artifacts.Severity;
import dev.repofleet.artifacts.TargetKey;
import dev.repofleet.artifacts.TargetParser;
import dev.repofleet.artifacts.TargetRow;
import dev.repofleet.artifacts.TargetSpec;
import dev.repofleet.artifacts.TurnPurpose;
import dev.repofleet.artifacts.Verification;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.worker.agent.TurnResults.StoredTurn;
import dev.repofleet.worker.git.IgnoreRules;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.BatchReport;
import dev.repofleet.workflows.activities.CloneOutcome;
import dev.repofleet.workflows.activities.DiffOutcome;
import dev.repofleet.workflows.activities.Incremental;
import dev.repofleet.workflows.activities.PromptKind;
import dev.repofleet.workflows.activities.ReconcileInput;
import dev.repofleet.workflows.activities.ReportInput;
import dev.repofleet.workflows.activities.RepositoryReport;
import dev.repofleet.workflows.activities.ResolveOutcome;
import dev.repofleet.workflows.activities.ReviewIgnore;
import dev.repofleet.workflows.activities.ReviewOutcome;
import dev.repofleet.workflows.activities.StateInput;
import dev.repofleet.workflows.activities.TargetPage;
import dev.repofleet.workflows.activities.TargetPageRequest;
import dev.repofleet.workflows.activities.TurnOutcome;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RunningRepository;
import io.temporal.client.WorkflowClient;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportActivitiesTest {
  private static final String SECRET = "sk-ant-0123456789";
  private static final PlanRef PLAN = new PlanRef("artifact:p", "0", "security");
  private static final PlanOutline OUTLINE =
      new PlanOutline(
          "security", "claude", 2, 80, Duration.ofHours(1), Duration.ofHours(1), List.of());

  /** Nothing listens there: no test here may ask for a sandbox. */
  private static final E2bClient E2B =
      new E2bClient(E2bOptions.builder().apiKey("e2b_0").apiUrl("http://127.0.0.1:1").build());

  private final FleetMetrics metrics = new FleetMetrics();
  @TempDir private Path folder;
  private ArtifactStore store;
  private ReportActivitiesImpl reports;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.toString());
    reports = new ReportActivitiesImpl(store, Map.of("ANTHROPIC_API_KEY", SECRET), metrics);
  }

  private String text(String content) {
    return store.put(content.getBytes(StandardCharsets.UTF_8)).uri();
  }

  private String gzipped(String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return store.put(bytes.toByteArray()).uri();
  }

  private String unzipped(@Nullable ArtifactRef ref) throws IOException {
    assertThat(ref).isNotNull();
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(store.read(ref.uri(), 1 << 20)))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static ReviewInput review(int index, String key, AgentKind agent) {
    return new ReviewInput(
        1,
        "repofleet",
        "b",
        index,
        key,
        new Target("owner/name@v1", "https://github.com/owner/name", "v1", null, null, null),
        PLAN,
        OUTLINE,
        agent,
        0,
        Duration.ofSeconds(30),
        Duration.ofSeconds(60));
  }

  private TurnOutcome turn(int number, @Nullable Cause cause) throws IOException {
    return turn(number, number == 0 ? PromptKind.REVIEW : PromptKind.FOLLOW_UP, cause);
  }

  private TurnOutcome turn(int number, PromptKind prompt, @Nullable Cause cause)
      throws IOException {
    return new TurnOutcome(
        number,
        prompt,
        0,
        cause,
        null,
        3,
        new UsageTotals(1, 2, 3, 4, 0.25, UsageTotals.CostSource.REPORTED),
        1500,
        "model-1",
        null,
        text("I am done. " + SECRET + "x".repeat(900)),
        gzipped("event " + number + "\n"),
        gzipped("transcript " + number + "\n"),
        null);
  }

  private RepositoryReport report(int index, String key, AgentKind agent) throws IOException {
    return report(index, key, agent, null, null);
  }

  private RepositoryReport report(
      int index,
      String key,
      AgentKind agent,
      @Nullable ReviewIgnore ignored,
      @Nullable Incremental incremental)
      throws IOException {
    ReviewDocument document =
        new ReviewDocument(
            1,
            "Well.",
            List.<Finding>of(),
            2,
            ignored == null ? List.of() : List.of(new Exclusion("docs/**", "no code")),
            List.of(),
            null,
            ignored == null ? 0 : 3);
    return new RepositoryReport(
        review(index, key, agent),
        RepositoryStatus.COMPLETE,
        null,
        null,
        new ResolveOutcome("c0ffee", "refs/tags/v1"),
        "session",
        "2.1",
        new CloneOutcome(
            2,
            100,
            "7ree",
            List.of("Java"),
            List.of("CLAUDE.md"),
            List.of(100),
            ignored,
            incremental),
        List.of(turn(0, null), turn(1, null)),
        new ReviewOutcome(
            ReviewOutcome.Verdict.VALID,
            null,
            store.put(ArtifactJson.pretty(document)).uri(),
            SeverityCounts.NONE,
            0),
        new DiffOutcome(
            text("diff --git"), 10, 1, "new", List.of("nested repository: a: b/c"), null),
        1000,
        9000,
        7500,
        Map.of("clone", 100L));
  }

  private RepositoryResult written(RepositoryReport report) {
    String uri = reports.writeReport(ReportInput.of(report)).uri();
    return ArtifactJson.read(store, uri, RepositoryResult.class, 1 << 20);
  }

  @Test
  void whatEndedIsCountedByStatusCauseAndStep() throws IOException {
    RepositoryReport ended = report(0, "k1", AgentKind.CLAUDE);
    reports.writeReport(ReportInput.of(ended));

    assertThat(metrics.scrape())
        .contains("repofleet_repositories_total{cause=\"none\",status=\"complete\"} 1.0")
        .contains("repofleet_findings_total{severity=\"high\"}");
    ended
        .stepMilliseconds()
        .keySet()
        .forEach(
            step ->
                assertThat(metrics.scrape())
                    .contains("repofleet_step_seconds_count{step=\"" + step + "\"} 1"));
  }

  @Test
  void aRepositorysResultSaysAllAndItsFilesAreThere() throws Exception {
    RepositoryResult result = written(report(0, "k", AgentKind.CLAUDE));
    assertThat(result.repository().owner()).isEqualTo("owner");
    assertThat(result.repository().commit()).isEqualTo("c0ffee");
    assertThat(result.rehearsal()).isFalse();
    assertThat(result.coverage().status()).isEqualTo(CoverageStatus.COMPLETE);
    assertThat(result.usage().costUsd()).isEqualTo(0.5);
    assertThat(result.usage().sandboxSeconds()).isEqualTo(7.5);
    assertThat(result.notCarried()).containsExactly(new NotCarried("a: b/c", "nested repository"));
    assertThat(result.durations()).containsEntry("clone", Duration.ofMillis(100));
    assertThat(result.turns().get(0).summary())
        .startsWith("I am done. ***")
        .hasSizeLessThanOrEqualTo(500);
    assertThat(unzipped(result.files().events())).isEqualTo("event 0\nevent 1\n");
    assertThat(unzipped(result.files().transcript())).isEqualTo("transcript 1\n");
    assertThat(result.files().log()).isNull();
    assertThat(store.list("reviews/b/k"))
        .containsExactly(
            "artifact:reviews/b/k/changes.patch",
            "artifact:reviews/b/k/events.jsonl.gz",
            "artifact:reviews/b/k/findings.sarif",
            "artifact:reviews/b/k/review.json",
            "artifact:reviews/b/k/state.json",
            "artifact:reviews/b/k/transcript.jsonl.gz");
  }

  @Test
  void whatReviewignoreLeavesOutStandsBesideWhatTheAgentLeftOut() throws Exception {
    Exclusion rule = new Exclusion("vendor/", "excluded by it", "src/.reviewignore");
    String rules = store.put(ArtifactJson.pretty(new IgnoreRules(List.of(rule)))).uri();

    Coverage coverage =
        written(report(0, "k", AgentKind.CLAUDE, new ReviewIgnore(7, 1, rules, null), null))
            .coverage();

    assertThat(coverage.exclusions()).containsExactly(new Exclusion("docs/**", "no code"), rule);
    assertThat(coverage.ignored()).isEqualTo(new IgnoredFiles(7, 1, 3, null));
    assertThat(coverage.status()).isEqualTo(CoverageStatus.PARTIAL);
  }

  @Test
  void whoReviewsTheChangesAloneNeverReviewsTheWhole() throws Exception {
    Incremental changes = Incremental.since("ba5e", "monday", "k1").compared(2);
    Incremental all = changes.fallingBack(Incremental.Fallback.TOO_MUCH_CHANGED);

    assertThat(written(report(0, "k", AgentKind.CLAUDE, null, changes)).coverage().status())
        .isEqualTo(CoverageStatus.PARTIAL);
    assertThat(written(report(0, "k", AgentKind.CLAUDE, null, all)).coverage().status())
        .isEqualTo(CoverageStatus.COMPLETE);
  }

  @Test
  void aReviewignoreThatWasNotFollowedIsTold() throws Exception {
    ReviewIgnore unheeded = new ReviewIgnore(0, 0, null, ReviewIgnore.Unheeded.TOO_LARGE);

    Coverage coverage = written(report(0, "k", AgentKind.CLAUDE, unheeded, null)).coverage();

    assertThat(coverage.ignored())
        .isEqualTo(new IgnoredFiles(0, 0, 3, ReviewIgnore.Unheeded.TOO_LARGE.sentence()));
  }

  @Test
  void aVerificationIsAmongTheTurnsAndNoPartOfTheSessionsTranscript() throws Exception {
    Finding found = FindingSamples.finding("sql-injection", Severity.HIGH, "a.py", 7, "run()");
    ReviewDocument document =
        new ReviewDocument(
            1,
            "Well.",
            List.of(
                found.withVerification(Verification.REJECTED, "a constant"),
                FindingSamples.finding("sql-injection", Severity.HIGH, "b.py", 7, "x()")
                    .withVerification(Verification.UNVERIFIED, "undecided: who knows")),
            2,
            List.of(),
            List.of(),
            null);
    RepositoryReport whole = report(0, "k", AgentKind.CLAUDE);
    RepositoryReport report =
        new RepositoryReport(
            whole.review(),
            whole.status(),
            null,
            null,
            whole.resolved(),
            whole.sessionId(),
            whole.agentVersion(),
            whole.cloned(),
            List.of(turn(0, null), turn(1, PromptKind.VERIFY, null)),
            new ReviewOutcome(
                ReviewOutcome.Verdict.VALID,
                null,
                store.put(ArtifactJson.pretty(document)).uri(),
                new SeverityCounts(0, 1, 0, 0, 0),
                0),
            whole.diff(),
            1000,
            9000,
            7500,
            Map.of());

    RepositoryResult result = written(report);

    assertThat(result.sessionId()).isEqualTo("session");
    assertThat(unzipped(result.files().transcript())).isEqualTo("transcript 0\n");
    assertThat(unzipped(result.files().events())).isEqualTo("event 0\nevent 1\n");
    assertThat(result.turns().get(1).purpose()).isEqualTo(TurnPurpose.VERIFY);
    assertThat(result.turns().get(1).summary())
        .isEqualTo("0 confirmed, 1 rejected, 1 left unverified");
    assertThat(result.findings()).hasSize(2);
    assertThat(result.findings().get(0).verificationReason()).isEqualTo("a constant");
    assertThat(result.findings().get(0).lifecycle()).isNotNull();
    assertThat(dev.repofleet.artifacts.SeverityCounts.of(result.findings()).total()).isEqualTo(1);
  }

  @Test
  void theSameReportGivesTheSameFile() throws Exception {
    RepositoryReport report = report(0, "k", AgentKind.CLAUDE);
    String uri = reports.writeReport(ReportInput.of(report)).uri();
    byte[] first = store.read(uri, 1 << 20);
    assertThat(reports.writeReport(ReportInput.of(report)).uri()).isEqualTo(uri);
    assertThat(store.read(uri, 1 << 20)).isEqualTo(first);
  }

  @Test
  void aRehearsalSaysSo() throws Exception {
    RepositoryResult result = written(report(0, "k", AgentKind.REHEARSAL));
    assertThat(result.rehearsal()).isTrue();
    assertThat(result.agent()).isEqualTo(new AgentInfo("rehearsal", "2.1", null));
  }

  @Test
  void aReviewThatNeverBeganHasAResultAsWell() {
    RepositoryResult result =
        written(
            new RepositoryReport(
                review(0, "k", AgentKind.CLAUDE),
                RepositoryStatus.FAILED,
                Cause.GIT_AUTH,
                "no access with " + SECRET,
                null,
                "session",
                null,
                null,
                List.of(),
                null,
                null,
                1,
                2,
                0,
                Map.of()));
    assertThat(result.cause()).isEqualTo("git_auth");
    assertThat(result.message()).isEqualTo("no access with ***");
    assertThat(result.agent()).isNull();
    assertThat(result.coverage().status()).isEqualTo(CoverageStatus.UNKNOWN);
  }

  private ManifestRef manifest(int count) {
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      for (int i = 0; i < count; i++) {
        TargetSpec spec = new TargetParser(path -> false).parse("owner/name" + i);
        CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
        writer.add(TargetRow.git(i, TargetKey.of(canonical, null, null), spec, canonical));
      }
      dev.repofleet.artifacts.ManifestRef written = writer.finish();
      return new ManifestRef(written.uri(), written.sha256(), count);
    }
  }

  private BatchResult batch(ManifestRef manifest, BatchStatus status, int dispatched) {
    BatchInput input =
        new BatchInput(
            1,
            "repofleet",
            "b",
            manifest,
            PLAN,
            "store",
            10,
            AgentKind.CLAUDE,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            null);
    String uri =
        reports
            .writeReport(ReportInput.of(new BatchReport(input, status, dispatched, 1000, 2000)))
            .uri();
    return ArtifactJson.read(store, uri, BatchResult.class, 1 << 20);
  }

  private static List<TargetPage.Row> rows(BatchActivitiesImpl batches, ManifestRef manifest) {
    return batches.readTargets(new TargetPageRequest(manifest, 0, 500)).rows();
  }

  @Test
  void aFollowUpAfterTheEndBringsTheBatchUpToDate() throws Exception {
    ManifestRef manifest = manifest(2);
    List<TargetPage.Row> rows;
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      rows =
          rows(
              new BatchActivitiesImpl(
                  store, new PlanSource(store), temporal.getWorkflowClient(), E2B, Map.of()),
              manifest);
    }
    written(report(0, rows.get(0).key(), AgentKind.CLAUDE));
    batch(manifest, BatchStatus.FINISHED_WITH_FAILURES, 2);

    RepositoryReport second = report(1, rows.get(1).key(), AgentKind.CLAUDE);
    reports.writeReport(ReportInput.of(followedUp(second)));

    BatchResult now =
        ArtifactJson.read(store, "artifact:batches/b/batch.json", BatchResult.class, 1 << 20);
    assertThat(now.status()).isEqualTo(dev.repofleet.artifacts.BatchStatus.COMPLETE);
    assertThat(now.message()).isNull();
    assertThat(now.repositories()).hasSize(2).allMatch(row -> row.status().isGood());
    assertThat(now.usage().costUsd()).isEqualTo(1.5);
    assertThat(reports.readState(new StateInput("b", second.review().key())).turns())
        .isEqualTo(second.turns());
  }

  @Test
  void twoFollowUpsThatEndTogetherBothGetTheirRow() throws Exception {
    ManifestRef manifest = manifest(2);
    List<TargetPage.Row> rows;
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      rows =
          rows(
              new BatchActivitiesImpl(
                  store, new PlanSource(store), temporal.getWorkflowClient(), E2B, Map.of()),
              manifest);
    }
    batch(manifest, BatchStatus.FINISHED_WITH_FAILURES, 2);
    ReportInput other = ReportInput.of(followedUp(report(1, rows.get(1).key(), AgentKind.CLAUDE)));
    ArtifactStore slow = beforeWriting("batches/b/batch.json", () -> reports.writeReport(other));

    new ReportActivitiesImpl(slow, Map.of(), metrics)
        .writeReport(ReportInput.of(followedUp(report(0, rows.get(0).key(), AgentKind.CLAUDE))));

    BatchResult now =
        ArtifactJson.read(store, "artifact:batches/b/batch.json", BatchResult.class, 1 << 20);
    assertThat(now.repositories()).hasSize(2).allMatch(row -> row.status().isGood());
    assertThat(now.usage().costUsd()).isEqualTo(2);
  }

  /** The store, with something that happens once between its owner's reading and writing. */
  private ArtifactStore beforeWriting(String path, Runnable happening) {
    AtomicBoolean happened = new AtomicBoolean();
    return (ArtifactStore)
        Proxy.newProxyInstance(
            ArtifactStore.class.getClassLoader(),
            new Class<?>[] {ArtifactStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("putNamed")
                  && path.equals(arguments[0])
                  && happened.compareAndSet(false, true)) {
                happening.run();
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** As a review that was gone on with after its end, and lost a sandbox on the way. */
  private static RepositoryReport followedUp(RepositoryReport report) {
    return new RepositoryReport(
        report.review().withFollowUp("artifact:prompt"),
        report.status(),
        null,
        null,
        report.resolved(),
        report.sessionId(),
        report.agentVersion(),
        report.cloned(),
        report.turns(),
        report.outcome(),
        report.diff(),
        report.startedAt(),
        report.endedAt(),
        report.sandboxMilliseconds(),
        report.stepMilliseconds(),
        new UsageTotals(1, 2, 3, 4, 0.5, UsageTotals.CostSource.ESTIMATED),
        2,
        null,
        null,
        null);
  }

  @Test
  void aStateThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> reports.readState(new StateInput("b", "nobody")))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("nobody");
  }

  @Test
  void anExpiredSessionIsToldByItsCause() throws Exception {
    written(report(0, "k", AgentKind.CLAUDE));
    store.putNamed(ArtifactPaths.expired("b"), new byte[] {'{', '}'});
    ApplicationFailure failure =
        catchThrowableOfType(
            ApplicationFailure.class, () -> reports.readState(new StateInput("b", "k")));
    assertThat(failure.getType()).isEqualTo(Cause.SESSION_EXPIRED.code());
    assertThat(failure.isNonRetryable()).isTrue();
    assertThat(failure.getOriginalMessage()).contains("has expired", "review it again");
  }

  @Test
  void atItsEndAReviewKeepsTheLastCheckpointOfEachTurnAndOfTheLiveViewWhatIsBeingLookedAt()
      throws Exception {
    List<String> stays =
        List.of(
            checkpoint(0, 0, 900, true),
            checkpoint(1, 1, 50, false),
            checkpoint(2, 0, 10, false),
            checkpoint(2, 0, 20, false),
            ArtifactUri.of(ArtifactPaths.turnResult("b", "k", 0, 0)),
            live("0.2.0"),
            live("1.0.0"));
    List<String> goes =
        List.of(
            checkpoint(0, 0, 100, false),
            checkpoint(0, 0, 800, false),
            checkpoint(1, 0, 70, false),
            live("0.0.0"),
            live("0.1.1"));
    store.putNamed(ArtifactPaths.turnResult("b", "k", 0, 0), new byte[] {'{', '}'});
    Clock soon = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(30));
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2));
    RepositoryReport ended = report(0, "k", AgentKind.CLAUDE);
    new ReportActivitiesImpl(store, Map.of(), metrics, soon).writeReport(ReportInput.of(ended));
    assertThat(stays).allMatch(store::exists);
    assertThat(goes.subList(0, 3)).noneMatch(store::exists);
    assertThat(goes.subList(3, 5)).allMatch(store::exists);
    for (int i = 0; i < 2; i++) {
      new ReportActivitiesImpl(store, Map.of(), metrics, later).writeReport(ReportInput.of(ended));
      assertThat(stays).as("turn 2 is a follow-up's").allMatch(store::exists);
      assertThat(goes).noneMatch(store::exists);
    }
  }

  @Test
  void aCheckpointWhoseFilesAreGoneIsNotTheOneThatIsKept() throws Exception {
    String whole = checkpoint(0, 0, 100, false);
    String lower = checkpoint(0, 0, 50, false);
    checkpoint(0, 0, 900, true);
    String transcript = store.put("0.0.900".getBytes(StandardCharsets.UTF_8)).uri();
    assertThat(store.deleteObject(transcript, Instant.now().plus(Duration.ofHours(1)))).isTrue();
    written(report(0, "k", AgentKind.CLAUDE));
    assertThat(store.exists(whole)).isTrue();
    assertThat(store.exists(lower)).isFalse();
  }

  private String live(String process) {
    return store.putNamed(ArtifactPaths.live("b", "k", process, 1, 2), new byte[] {1}).uri();
  }

  private String checkpoint(int turn, int incarnation, long offset, boolean ended) {
    ArtifactRef transcript =
        store.put((turn + "." + incarnation + "." + offset).getBytes(StandardCharsets.UTF_8));
    Checkpoint checkpoint =
        new Checkpoint(
            1,
            0,
            turn,
            incarnation,
            offset,
            ended,
            "session",
            "c0ffee",
            "7ree",
            0,
            List.of(Checkpoint.StoredFile.of(Checkpoint.TRANSCRIPT, transcript)),
            Instant.EPOCH);
    return store
        .putNamed(
            ArtifactPaths.checkpoint("b", "k", 0, turn, incarnation, offset),
            ArtifactJson.pretty(checkpoint))
        .uri();
  }

  @Test
  void aBatchHasARowForEveryTargetWhateverBecameOfIt() throws Exception {
    ManifestRef manifest = manifest(4);
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      List<TargetPage.Row> rows =
          rows(
              new BatchActivitiesImpl(
                  store, new PlanSource(store), temporal.getWorkflowClient(), E2B, Map.of()),
              manifest);
      written(report(0, rows.get(0).key(), AgentKind.CLAUDE));
      store.putNamed("reviews/b/" + rows.get(2).key() + "/review.json", new byte[] {'{'});
    }
    BatchResult failed = batch(manifest, BatchStatus.FINISHED_WITH_FAILURES, 3);
    assertThat(failed.repositories()).extracting(BatchRow::index).containsExactly(0, 1, 2, 3);
    assertThat(failed.repositories())
        .extracting(BatchRow::cause)
        .containsExactly(null, "internal", "internal", "not_started");
    assertThat(failed.repositories().get(1).message()).contains("review/b/owner-name1-");
    assertThat(failed.repositories().get(0).files().review()).endsWith("/review.json");
    assertThat(failed.total(dev.repofleet.artifacts.RepositoryStatus.FAILED)).isEqualTo(3);
    assertThat(failed.agent()).isEqualTo(new AgentInfo("claude", "2.1", "model-1"));
    assertThat(failed.message()).isEqualTo("1 of 4 repositories are complete");
    BatchResult cancelled = batch(manifest, BatchStatus.CANCELLED, 3);
    assertThat(cancelled.repositories())
        .extracting(BatchRow::cause)
        .containsExactly(null, "cancelled", "internal", "not_started");
    assertThat(cancelled.repositories().get(3).status())
        .isEqualTo(dev.repofleet.artifacts.RepositoryStatus.CANCELLED);
  }

  @Test
  void targetsAreReadByPageAndAnotherManifestIsRefused() {
    ManifestRef manifest = manifest(5);
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      BatchActivitiesImpl batches =
          new BatchActivitiesImpl(
              store, new PlanSource(store), temporal.getWorkflowClient(), E2B, Map.of());
      TargetPage page = batches.readTargets(new TargetPageRequest(manifest, 2, 2));
      assertThat(page.rows()).extracting(TargetPage.Row::index).containsExactly(2, 3);
      assertThat(page.rows().get(0).target().url()).isEqualTo("https://github.com/owner/name2");
      assertThat(page.rows().get(0).target().repository()).isEqualTo("github.com/owner/name2");
      ManifestRef other = new ManifestRef(manifest.uri(), "ab".repeat(32), 5);
      ApplicationFailure failure =
          catchThrowableOfType(
              ApplicationFailure.class,
              () -> batches.readTargets(new TargetPageRequest(other, 0, 1)));
      assertThat(failure.getType()).isEqualTo("manifest_invalid");
      assertThat(failure.isNonRetryable()).isTrue();
    }
  }

  @Test
  void aPathWithNothingToReviewKeepsItsCauseAndItsProblem() {
    TargetSpec spec = new TargetParser(path -> false).parse("./app@absent");
    CanonicalTarget canonical = CanonicalTarget.ofPath(Path.of("/srv/app"));
    dev.repofleet.artifacts.ManifestRef written;
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      writer.add(TargetRow.unusable(0, "k", spec, canonical, "git_not_found", "no 'absent'"));
      written = writer.finish();
    }
    ManifestRef manifest = new ManifestRef(written.uri(), written.sha256(), 1);
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      BatchActivitiesImpl batches =
          new BatchActivitiesImpl(
              store, new PlanSource(store), temporal.getWorkflowClient(), E2B, Map.of());
      assertThat(rows(batches, manifest))
          .extracting(TargetPage.Row::target)
          .containsExactly(
              new Target(
                  "./app@absent",
                  null,
                  "absent",
                  null,
                  null,
                  null,
                  Cause.GIT_NOT_FOUND,
                  "no 'absent'",
                  "app"));
    }
  }

  /** Stands for a review. */
  @io.temporal.workflow.WorkflowInterface
  public interface Silent {
    /** Never ends by itself. */
    @io.temporal.workflow.WorkflowMethod
    void run(ReviewInput input);
  }

  /** Waits until it is terminated or cancelled. */
  public static final class SilentImpl implements Silent {
    @Override
    public void run(ReviewInput input) {
      io.temporal.workflow.Workflow.await(() -> false);
    }
  }

  @Test
  void closedReviewsAreFoundAndRunningOnesLeftAlone() throws Exception {
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      temporal.newWorker("q").registerWorkflowImplementationTypes(SilentImpl.class);
      temporal.start();
      WorkflowClient client = temporal.getWorkflowClient();
      for (String key : List.of("running", "terminated", "finished")) {
        WorkflowClient.start(
            client.newWorkflowStub(
                    Silent.class,
                    io.temporal.client.WorkflowOptions.newBuilder()
                        .setWorkflowId("review/b/" + key)
                        .setTaskQueue("q")
                        .build())
                ::run,
            review(1, key, AgentKind.CLAUDE));
      }
      store.putNamed(
          ArtifactPaths.turnResult("b", "terminated", 0, 0),
          ArtifactJson.pretty(new StoredTurn("sandbox", "c0ffee", turn(0, null), null)));
      client.newUntypedWorkflowStub("review/b/terminated").terminate("by a person");
      written(report(2, "finished", AgentKind.CLAUDE));
      client.newUntypedWorkflowStub("review/b/finished").terminate("after its report");
      List<RepositoryEnded> ended =
          new BatchActivitiesImpl(store, new PlanSource(store), client, E2B, Map.of())
              .reconcile(
                  new ReconcileInput(
                      "b",
                      List.of(
                          new RunningRepository(0, "running"),
                          new RunningRepository(1, "terminated"),
                          new RunningRepository(2, "finished"),
                          new RunningRepository(3, "unknown"))))
              .ended();
      assertThat(ended).extracting(RepositoryEnded::index).containsExactly(1, 2);
      assertThat(ended.get(0).cause()).isEqualTo(Cause.INTERNAL);
      assertThat(ended.get(0).usage().costUsd()).as("the turn that had ended").isEqualTo(0.25);
      RepositoryResult terminated =
          ArtifactJson.read(
              store, "artifact:reviews/b/terminated/review.json", RepositoryResult.class, 1 << 20);
      assertThat(terminated.message()).contains("ended from outside");
      assertThat(terminated.sessionId())
          .isEqualTo(SessionId.of("review/b/terminated", 0).toString());
      assertThat(terminated.turns()).hasSize(1);
      assertThat(ended.get(1).status()).isEqualTo(RepositoryStatus.COMPLETE);
      assertThat(ended.get(1).usage().costUsd()).isEqualTo(0.5);
    }
  }
}
