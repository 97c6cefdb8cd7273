package dev.repofleet.worker.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.finding.AnswerSchema;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.result.CacheInfo;
import dev.repofleet.artifacts.result.IncrementalInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.Usage;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.report.ReportActivitiesImpl;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.worker.secrets.AgentEnvironment;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.Incremental.Fallback;
import dev.repofleet.workflows.activities.git.ResolveInput;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.order.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a result that is written to the review that need not be run, in a store of its own. */
class UnchangedCheckTest {
  private static final Target TARGET = target("main", null, "github.com/owner/name");
  private static final ResolveOutcome COMMIT = new ResolveOutcome("c0ffee", "refs/heads/main");

  @TempDir private Path folder;
  private ArtifactStore store;
  private ReportActivitiesImpl reports;
  private PlanRef plan;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.toString());
    reports =
        new ReportActivitiesImpl(
            store, Map.of(), new FleetMetrics(), () -> AttemptTime.of(Duration.ZERO));
    plan = stored(Plan.builder("security", "Review {{repository}}.").build());
  }

  private static Target target(@Nullable String ref, @Nullable String subpath, String repository) {
    return new Target(
        "owner/name",
        "https://" + repository,
        ref,
        subpath,
        null,
        null,
        null,
        null,
        repository,
        null);
  }

  private PlanRef stored(Plan of) {
    ArtifactRef written = store.put(ArtifactJson.pretty(of));
    return new PlanRef(written.uri(), written.sha256(), of.name());
  }

  private ResolveOutcome check(
      Target target, ResolveOutcome found, PlanRef of, AgentKind agent, Map<String, String> env) {
    return new UnchangedCheck(store, new PlanSource(store), new AgentEnvironment(env))
        .check(new ResolveInput("tuesday", "k2", target, of, agent, true, null, false), found);
  }

  private ResolveOutcome check() {
    return check(TARGET, COMMIT, plan, AgentKind.CLAUDE, Map.of());
  }

  /** Of a person's prompt that the next report is about. */
  private @Nullable String followUpUri;

  private RepositoryReport report(
      String batch,
      String key,
      ResolveOutcome resolved,
      RepositoryStatus status,
      boolean followed) {
    return report(batch, key, resolved, status, followed, 1000, 9000);
  }

  private RepositoryReport report(
      String batch,
      String key,
      ResolveOutcome resolved,
      RepositoryStatus status,
      boolean followed,
      long startedAt,
      long endedAt) {
    ReviewInput first = Inputs.review(batch, 3, key, TARGET, plan, AgentKind.CLAUDE);
    ReviewInput review = followUpUri == null ? first : first.withFollowUp(followUpUri);
    boolean skipped = status == RepositoryStatus.SKIPPED_UNCHANGED;
    ReviewDocument document =
        new ReviewDocument(1, "Well.", List.of(), 2, List.of(), List.of(), null);
    return new RepositoryReport(
        review,
        status,
        null,
        null,
        resolved,
        "session",
        skipped ? null : "2.1",
        skipped
            ? null
            : new CloneOutcome(
                2, 100, "7ree", List.of("Java"), List.of(), List.of(100), null, null, null),
        skipped ? List.of() : followed ? List.of(turn(0), turn(1)) : List.of(turn(0)),
        skipped
            ? null
            : new ReviewOutcome(
                ReviewOutcome.Verdict.VALID,
                null,
                store.put(ArtifactJson.pretty(document)).uri(),
                SeverityCounts.NONE,
                0),
        skipped
            ? null
            : new DiffOutcome(
                store.put("diff --git".getBytes(UTF_8)).uri(), 10, 1, "new", List.of(), null),
        startedAt,
        endedAt,
        skipped ? 0 : 7500,
        Map.of("resolve", 100L));
  }

  private static TurnOutcome turn(int number) {
    return Inputs.ended(
        number,
        number == 0 ? PromptKind.REVIEW : PromptKind.FOLLOW_UP,
        new UsageTotals(1, 2, 3, 4, 0.25, UsageTotals.CostSource.REPORTED),
        "model-1");
  }

  private RepositoryResult written(RepositoryReport report) {
    String uri = reports.writeReport(ReportInput.of(report)).uri();
    return ArtifactJson.read(store, uri, RepositoryResult.class, 1 << 20);
  }

  private RepositoryResult reviewedOnMonday() {
    return written(report("monday", "k1", check(), RepositoryStatus.COMPLETE, false));
  }

  private EarlierResult unchanged() {
    return Objects.requireNonNull(check().unchanged(), "no earlier result");
  }

  @Test
  void a_complete_result_stands_for_the_same_review_in_another_batch() {
    assertThat(check().unchanged()).isNull();
    RepositoryResult monday = reviewedOnMonday();
    assertThat(monday.cache()).isEqualTo(CacheInfo.miss(String.valueOf(check().cacheKey())));

    EarlierResult earlier = unchanged();

    assertThat(earlier.batch()).isEqualTo("monday");
    assertThat(earlier.key()).isEqualTo("k1");
    RepositoryResult tuesday =
        written(report("tuesday", "k2", check(), RepositoryStatus.SKIPPED_UNCHANGED, false));
    assertThat(tuesday.status().word()).isEqualTo("skipped_unchanged");
    assertThat(tuesday.message()).isEqualTo("unchanged since batch monday: nothing was run");
    assertThat(tuesday.cause()).isNull();
    assertThat(tuesday.usage()).isEqualTo(Usage.NONE);
    assertThat(tuesday.turns()).isEmpty();
    assertThat(tuesday.sessionId()).isNull();
    assertThat(tuesday.agent()).isEqualTo(monday.agent());
    assertThat(tuesday.coverage()).isEqualTo(monday.coverage());
    assertThat(tuesday.summary()).isEqualTo("Well.");
    assertThat(tuesday.treeHash()).isEqualTo("new");
    assertThat(tuesday.repository().commit()).isEqualTo("c0ffee");
    CacheInfo cache = Objects.requireNonNull(tuesday.cache());
    assertThat(cache.hit()).isTrue();
    assertThat(cache.original())
        .isEqualTo(new CacheInfo.Original("monday", "k1", monday.endedAt()));
  }

  @Test
  void a_skipped_repository_keeps_its_files_when_the_earlier_batch_is_deleted() throws Exception {
    reviewedOnMonday();
    store.putNamed("reviews/monday/k1/answer.json", "{}".getBytes(UTF_8));
    RepositoryReport skipped =
        report("tuesday", "k2", check(), RepositoryStatus.SKIPPED_UNCHANGED, false);
    RepositoryResult first = written(skipped);
    remove("monday");

    RepositoryResult again = written(skipped);

    assertThat(again).isEqualTo(first);
    ArtifactRef patch = Objects.requireNonNull(again.files().patch());
    assertThat(patch.uri()).isEqualTo(ArtifactUri.of(ArtifactPaths.patch("tuesday", "k2")));
    assertThat(new String(store.read(patch, 100), UTF_8)).isEqualTo("diff --git");
    assertThat(store.exists(ArtifactUri.of("reviews/tuesday/k2/answer.json")))
        .as("the answer to a plan with a schema of its own")
        .isTrue();
  }

  private void remove(String batch) throws IOException {
    for (String uri : store.list("reviews/" + batch)) {
      Files.delete(folder.resolve(ArtifactUri.path(uri)));
    }
  }

  @Test
  void a_chain_names_the_review_that_was_really_run() {
    reviewedOnMonday();
    written(report("tuesday", "k2", check(), RepositoryStatus.SKIPPED_UNCHANGED, false));

    assertThat(unchanged().batch()).isEqualTo("monday");
  }

  @Test
  void a_result_that_was_deleted_stands_for_nothing_until_there_is_another() throws Exception {
    reviewedOnMonday();
    remove("monday");
    assertThat(check().unchanged()).isNull();

    written(report("tuesday", "k2", check(), RepositoryStatus.COMPLETE, false));

    assertThat(unchanged().batch()).isEqualTo("tuesday");
  }

  @Test
  void a_result_that_was_changed_since_stands_for_nothing() {
    RepositoryReport monday = report("monday", "k1", check(), RepositoryStatus.COMPLETE, false);
    written(monday);
    written(report("monday", "k1", check(), RepositoryStatus.COMPLETE, true));

    assertThat(check().unchanged()).as("a person has asked for more").isNull();
  }

  @Test
  void a_follow_up_that_came_to_no_turns_end_takes_nothing_away() {
    reviewedOnMonday();
    followUpUri = "artifact:prompt";
    written(report("monday", "k1", check(), RepositoryStatus.COMPLETE, false, 1000, 9500));

    assertThat(unchanged().batch()).isEqualTo("monday");
  }

  @Test
  void an_entry_that_is_damaged_stands_for_nothing() {
    reviewedOnMonday();
    String path = ArtifactPaths.cached(String.valueOf(check().cacheKey()));
    for (String content : List.of("", "{", "{\"schemaVersion\":2}")) {
      store.putNamed(path, content.getBytes(UTF_8));
      assertThat(check().unchanged()).as(content).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = RepositoryStatus.class,
      names = {"PARTIAL", "UNSTRUCTURED", "FAILED", "CANCELLED"})
  void what_is_not_complete_is_not_kept(RepositoryStatus status) {
    written(report("monday", "k1", check(), status, false));

    assertThat(check().unchanged()).isNull();
  }

  @Test
  void what_a_person_asked_for_on_top_of_the_plan_is_not_kept() {
    written(report("monday", "k1", check(), RepositoryStatus.COMPLETE, true));

    assertThat(check().unchanged()).isNull();
  }

  @Test
  void no_earlier_result_is_looked_for_where_none_is_wanted() {
    reviewedOnMonday();

    ResolveOutcome found =
        new UnchangedCheck(store, new PlanSource(store), new AgentEnvironment(Map.of()))
            .check(
                new ResolveInput(
                    "tuesday", "k2", TARGET, plan, AgentKind.CLAUDE, false, null, false),
                COMMIT);

    assertThat(found.unchanged()).isNull();
    assertThat(found.cacheKey()).as("the new result replaces the old").isNotNull();
  }

  @Test
  void a_rehearsal_is_never_kept_and_never_skipped() {
    reviewedOnMonday();

    assertThat(check(TARGET, COMMIT, plan, AgentKind.REHEARSAL, Map.of())).isEqualTo(COMMIT);
  }

  @Test
  void everything_that_decides_a_result_is_in_its_key() {
    Plan base = Plan.builder("security", "Review {{repository}}.").build();
    Set<String> keys = new HashSet<>();
    List<@Nullable String> all =
        List.of(
            key(TARGET, COMMIT, base, Map.of()),
            key(TARGET, new ResolveOutcome("decaf", null), base, Map.of()),
            key(target("main", "server", "github.com/owner/name"), COMMIT, base, Map.of()),
            key(target("main", null, "github.com/fork/name"), COMMIT, base, Map.of()),
            key(TARGET, COMMIT, base, Map.of("ANTHROPIC_MODEL", "large")),
            key(TARGET, COMMIT, base, Map.of("CLAUDE_CODE_USE_BEDROCK", "1")),
            key(TARGET, COMMIT, plan().model("large").build(), Map.of()),
            key(TARGET, COMMIT, plan().rules(List.of("a-rule")).build(), Map.of()),
            key(TARGET, COMMIT, plan().effort("high").build(), Map.of()),
            key(TARGET, COMMIT, plan().verifyFindings(Severity.HIGH).build(), Map.of()),
            key(TARGET, COMMIT, plan().verifyFindings(Severity.LOW).build(), Map.of()),
            key(TARGET, COMMIT, plan().template("other").build(), Map.of()),
            key(TARGET, COMMIT, plan().instructions("On {{ref}}.").build(), Map.of()),
            key(
                TARGET,
                new ResolveOutcome("c0ffee", "refs/heads/other"),
                plan().instructions("On {{ref}}.").build(),
                Map.of()),
            key(
                TARGET,
                COMMIT,
                plan().schema(AnswerSchema.forRules(List.of("r"))).build(),
                Map.of()),
            key(
                TARGET,
                COMMIT,
                plan().followUps(List.of(new FollowUp("Fix it.", "always", Approval.NONE))).build(),
                Map.of()));

    all.forEach(key -> keys.add(String.valueOf(key)));

    assertThat(keys).hasSize(all.size()).allMatch(key -> key.matches("[0-9a-f]{64}"));
  }

  @Test
  void what_decides_nothing_is_not_in_the_key() {
    Plan base = plan().build();
    String key = key(TARGET, COMMIT, base, Map.of());

    assertThat(key(target("v1", null, "github.com/owner/name"), COMMIT, base, Map.of()))
        .as("another name of the same commit")
        .isEqualTo(key);
    assertThat(
            key(
                TARGET,
                COMMIT,
                base,
                Map.of("ANTHROPIC_API_KEY", "k", "ANTHROPIC_BASE_URL", "http://127.0.0.1:1")))
        .as("where the model is reached, and by whom")
        .isEqualTo(key);
    assertThat(key(TARGET, COMMIT, plan().model("m").build(), Map.of("ANTHROPIC_MODEL", "other")))
        .as("a model that the plan overrides")
        .isEqualTo(key(TARGET, COMMIT, plan().model("m").build(), Map.of()));
  }

  private static Plan.Builder plan() {
    return Plan.builder("security", "Review {{repository}}.");
  }

  private String key(Target target, ResolveOutcome found, Plan of, Map<String, String> env) {
    return String.valueOf(check(target, found, stored(of), AgentKind.CLAUDE, env).cacheKey());
  }

  private PlanRef incremental() {
    return stored(plan().incremental(true).build());
  }

  private Incremental next(Target target, @Nullable Incremental before, boolean fullReview) {
    ResolveOutcome next =
        new UnchangedCheck(store, new PlanSource(store), new AgentEnvironment(Map.of()))
            .check(
                new ResolveInput(
                    "tuesday",
                    "k2",
                    target,
                    incremental(),
                    AgentKind.CLAUDE,
                    true,
                    before,
                    fullReview),
                new ResolveOutcome("decaf", "refs/heads/main"));
    return Objects.requireNonNull(next.incremental());
  }

  private Incremental next() {
    return next(TARGET, null, false);
  }

  @Test
  void an_incremental_plan_goes_on_from_the_last_complete_result_of_the_same_plan() {
    assertThat(next()).isEqualTo(Incremental.everything(Fallback.NO_EARLIER_RESULT));
    reviewedOnMonday();

    assertThat(next()).isEqualTo(Incremental.since("c0ffee", "monday", "k1"));
    assertThat(check().incremental()).as("a plan that asks for everything").isNull();
    for (Target other :
        List.of(
            target("dev", null, "github.com/owner/name"),
            target("main", "server", "github.com/owner/name"),
            target("main", null, "github.com/fork/name"))) {
      assertThat(next(other, null, false).fallback()).isEqualTo(Fallback.NO_EARLIER_RESULT);
    }
    written(report("monday", "k1", check(), RepositoryStatus.COMPLETE, true));
    assertThat(next().base()).as("a person has asked for more").isEqualTo("c0ffee");
  }

  @Test
  void there_is_no_base_where_the_result_is_gone_or_not_wanted_or_no_history_is_sent()
      throws Exception {
    reviewedOnMonday();
    assertThat(next(TARGET, null, true).fallback()).isEqualTo(Fallback.NOT_WANTED);
    Target path = Inputs.bundle("./name", null, "c0ffee", "artifact:bundle");
    assertThat(next(path, null, false).fallback()).isEqualTo(Fallback.TARGET_IS_A_PATH);
    remove("monday");
    assertThat(next().fallback()).isEqualTo(Fallback.EARLIER_RESULT_GONE);
    written(report("wednesday", "k1", check(), RepositoryStatus.PARTIAL, false));
    assertThat(next().fallback()).isEqualTo(Fallback.EARLIER_RESULT_GONE);
    store.putNamed(ArtifactPaths.latest(String.valueOf(check().latestKey())), "{".getBytes(UTF_8));
    assertThat(next().fallback()).isEqualTo(Fallback.EARLIER_RESULT_GONE);
  }

  @Test
  void a_review_that_is_asked_for_again_keeps_its_base_and_is_never_its_own() {
    reviewedOnMonday();
    Incremental monday = next();
    written(report("tuesday", "k2", check(), RepositoryStatus.COMPLETE, false));

    assertThat(next().fallback()).isEqualTo(Fallback.NO_EARLIER_RESULT);
    assertThat(next(TARGET, monday.compared(4), false)).isEqualTo(monday);
  }

  @Test
  void the_base_is_of_the_review_that_ended_last_not_of_the_one_that_was_written_last() {
    ResolveOutcome of = check();
    written(report("monday", "k1", of, RepositoryStatus.COMPLETE, false, 1000, 9000));
    written(report("sunday", "k1", of, RepositoryStatus.COMPLETE, false, 1000, 8000));

    assertThat(next().batch()).isEqualTo("monday");
    written(report("wednesday", "k1", of, RepositoryStatus.COMPLETE, false, 1000, 9500));
    assertThat(next().batch()).isEqualTo("wednesday");
  }

  @Test
  void a_review_that_waited_for_a_person_for_days_takes_no_place_of_one_that_began_later() {
    ResolveOutcome of = check();
    written(report("tuesday", "k1", of, RepositoryStatus.COMPLETE, false, 5000, 6000));
    written(report("monday", "k1", of, RepositoryStatus.COMPLETE, false, 1000, 9000));

    assertThat(next().batch()).isEqualTo("tuesday");
  }

  @Test
  void a_base_is_gone_when_its_batch_id_was_used_again_for_another_plan() {
    reviewedOnMonday();
    ResolveOutcome other =
        check(TARGET, COMMIT, stored(plan().model("m").build()), AgentKind.CLAUDE, Map.of());

    written(report("monday", "k1", other, RepositoryStatus.COMPLETE, false));

    assertThat(next().fallback()).isEqualTo(Fallback.EARLIER_RESULT_GONE);
  }

  @Test
  void what_was_compared_stands_in_the_result() {
    ResolveOutcome resolved =
        new ResolveOutcome(
            "decaf", null, null, null, null, Incremental.everything(Fallback.TARGET_IS_A_PATH));

    assertThat(written(report("b", "k", resolved, RepositoryStatus.COMPLETE, false)).incremental())
        .isEqualTo(
            new IncrementalInfo(
                null, null, null, "target_is_a_path", Fallback.TARGET_IS_A_PATH.sentence()));
  }
}
