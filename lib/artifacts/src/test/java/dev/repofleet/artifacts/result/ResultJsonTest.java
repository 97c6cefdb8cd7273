package dev.repofleet.artifacts.result;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.artifacts.finding.AgentAnswer;
import dev.repofleet.artifacts.finding.AnswerSchema;
import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.CloneOptions;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.McpServer;
import dev.repofleet.artifacts.plan.NetworkAccess;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.artifacts.plan.VerifyCommand;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.SampleRows;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The golden files are the formats: a change of one is a change for every script that reads it.
 *
 * <p>{@code -Dgolden.write=true} writes them anew, for a change that is meant.
 */
class ResultJsonTest {
  private static final String HASH = "ab".repeat(32);
  private static final Instant START = Instant.parse("2026-01-02T03:04:05.006Z");

  private static void isGolden(Object value, String name) throws IOException {
    if (Boolean.getBoolean("golden.write")) {
      Files.write(Path.of("src/test/resources/golden", name), ArtifactJson.pretty(value));
    }
    byte[] golden;
    try (InputStream in = ResultJsonTest.class.getResourceAsStream("/golden/" + name)) {
      golden = Objects.requireNonNull(in, name).readAllBytes();
    }
    assertThat(new String(ArtifactJson.pretty(value), UTF_8)).isEqualTo(new String(golden, UTF_8));
    assertThat(ArtifactJson.<Object>read(golden, classOf(value), name)).isEqualTo(value);
  }

  @SuppressWarnings("unchecked")
  private static Class<Object> classOf(Object value) {
    return (Class<Object>) value.getClass();
  }

  private static ArtifactRef ref(String path) {
    return new ArtifactRef(ArtifactUri.of(path), HASH, 42);
  }

  private static AgentAnswer answer() {
    return new AgentAnswer(
        "One thing is wrong.",
        List.of(
            new AgentAnswer.AgentFinding(
                "sql-injection",
                "Query built from input",
                Severity.HIGH,
                Confidence.MEDIUM,
                "src/Db.java",
                10,
                12,
                "The id goes into the query.",
                "\"SELECT \" + id",
                "Bind it.",
                List.of("CWE-89"))),
        new AgentAnswer.AgentCoverage(7, List.of(new Exclusion("vendor/**", "third party"))));
  }

  private static RepositoryResult result() {
    return reviewed(SampleRows.row(0)).build();
  }

  private static RepositoryResult.Builder reviewed(TargetRow row) {
    return RepositoryResult.builder(
            "b",
            row.index(),
            row.target(),
            row.key(),
            RepositoryInfo.of(row, "c0ffee"),
            RepositoryStatus.PARTIAL)
        .generation(1)
        .cause("turns_exhausted")
        .message("The agent used all its 80 turns; raise limits.turns.")
        .attempts(2)
        .sessionId("5e551011-0000-5000-8000-000000000000")
        .agent(new AgentInfo("claude", "2.1.197", "some-model"))
        .coverage(new Coverage(CoverageStatus.PARTIAL, 7, 9, List.of()))
        .cache(CacheInfo.miss(HASH))
        .usage(new Usage(1, 2, 3, 4, 0.25, CostSource.REPORTED, 61.5))
        .startedAt(START)
        .endedAt(START.plusSeconds(90))
        .durations(Map.of("run", Duration.ofSeconds(60), "clone", Duration.ofMillis(1500)))
        .turns(
            List.of(
                new TurnResult(
                    0,
                    TurnPurpose.REVIEW,
                    RepositoryStatus.PARTIAL,
                    "turns_exhausted",
                    1,
                    80,
                    new Usage(1, 2, 3, 4, 0.25, CostSource.REPORTED, 0),
                    START,
                    Duration.ofSeconds(60),
                    null)))
        .agentSettings(List.of("CLAUDE.md"))
        .treeHash("7ree")
        .notCarried(List.of(new NotCarried("sub/.git", "nested repository")))
        .files(
            new ReviewArtifacts(
                null,
                ref("reviews/b/k/changes.patch"),
                null,
                ref("objects/ab/" + HASH),
                null,
                null))
        .summary("One thing is wrong.")
        .findings(List.of(Finding.of("f1", answer().findings().get(0))));
  }

  private static BatchResult batch() {
    BatchRow done =
        BatchRow.of(
            result(), new ReviewFiles("owner-name-0/review.json", null, null, null, null, null));
    BatchRow never =
        BatchRow.without(
            SampleRows.row(1), RepositoryStatus.FAILED, "git_not_found", "No such repository.");
    return BatchResult.of(
        new BatchResult.Head(
            "b",
            BatchStatus.FINISHED_WITH_FAILURES,
            null,
            "security",
            new AgentInfo("rehearsal", "1", null),
            START,
            START.plusSeconds(100)),
        List.of(done, never));
  }

  @Test
  void theRepositoryResultIsReviewJson() throws IOException {
    isGolden(result(), "review.json");
  }

  @Test
  void aResultWithOtherFindingsOrFilesIsElseTheSame() throws ReflectiveOperationException {
    RepositoryResult full =
        reviewed(SampleRows.row(1))
            .rehearsal(true)
            .incremental(new IncrementalInfo("ba5e", "monday", 2, null, null))
            .baseline(new Baseline("monday", "k", "ba5e", START, START, List.of()))
            .verify(
                new VerifyResult("make", VerifyResult.Ending.PASSED, 0, Duration.ZERO, "", null))
            .build();
    RepositoryResult plain =
        RepositoryResult.builder("c", SampleRows.row(0), RepositoryStatus.COMPLETE).build();
    for (RecordComponent part : RepositoryResult.class.getRecordComponents()) {
      if (!part.getName().equals("schemaVersion")) {
        assertThat(part.getAccessor().invoke(full))
            .as(part.getName())
            .isNotEqualTo(part.getAccessor().invoke(plain));
      }
    }
    assertThat(full.withFiles(full.files())).isEqualTo(full);
    assertThat(full.withFindings(full.findings(), full.baseline())).isEqualTo(full);
  }

  @Test
  void theBatchResultIsBatchJson() throws IOException {
    isGolden(batch(), "batch.json");
  }

  @Test
  void aRowHasWhatWasComparedAndCountsOfIgnoredFilesButNotTheirPatterns() {
    Exclusion agents = new Exclusion("docs/**", "no code");
    Exclusion rule = new Exclusion("vendor/", null, ".reviewignore");
    IgnoredFiles ignored = new IgnoredFiles(7, 1, 0, null);
    IncrementalInfo changes = new IncrementalInfo("ba5e", "monday", 2, null, null);
    RepositoryResult result =
        RepositoryResult.builder("b", SampleRows.row(0), RepositoryStatus.COMPLETE)
            .coverage(new Coverage(CoverageStatus.PARTIAL, 7, 9, List.of(agents, rule), ignored))
            .incremental(changes)
            .build();

    BatchRow row = BatchRow.of(result, ReviewFiles.NONE);

    assertThat(row.coverage())
        .isEqualTo(new Coverage(CoverageStatus.PARTIAL, 7, 9, List.of(agents), ignored));
    assertThat(row.incremental()).isEqualTo(changes);
  }

  @Test
  void theAnswerOfTheAgentHasItsShape() throws IOException {
    isGolden(answer(), "answer.json");
  }

  @Test
  void aSilentPlanHasTheDocumentedDefaults() throws IOException {
    isGolden(Plan.builder("security", "Review this.").build(), "plan-silent.json");
    assertThat(
            ArtifactJson.read(
                "{\"name\":\"security\",\"prompt\":\"Review this.\"}", Plan.class, "p"))
        .isEqualTo(Plan.builder("security", "Review this.").build());
  }

  @Test
  void aPlanThatSaysEverythingComesBackAsItWas() throws IOException {
    isGolden(
        Plan.builder("mine", "Look.")
            .instructions("Be brief.")
            .systemPrompt("You review.")
            .rules(List.of("a", "b"))
            .schema(ArtifactJson.read("{\"type\":\"object\"}", JsonNode.class, "schema"))
            .followUps(List.of(new FollowUp("Fix it.", "findings.high > 0", Approval.REQUIRED)))
            .model("m1")
            .fallbackModels(List.of("m2"))
            .effort("high")
            .limits(
                PlanLimits.of(
                    0.5,
                    3,
                    Duration.ofMinutes(1),
                    null,
                    null,
                    1000L,
                    Duration.ofDays(1),
                    Duration.ofMinutes(10)))
            .template("other")
            .environment(Map.of("B", "2", "A", "1"))
            .cloneOptions(new CloneOptions(5, true, true))
            .mcp(
                Map.of(
                    "tickets",
                    McpServer.http(
                        "https://tickets.example.org/mcp",
                        Map.of("Authorization", "Bearer ${TICKETS_TOKEN}")),
                    "files",
                    McpServer.stdio(
                        "serve-files", List.of("--read-only"), Map.of("KEY", "${FILES_KEY}"))))
            .secrets(List.of("TICKETS_TOKEN", "FILES_KEY"))
            .projectContext("We use Go.")
            .trustRepositorySettings(true)
            .incremental(true)
            .network(NetworkAccess.of(List.of("*.example.org", "10.0.0.0/8"), null))
            .verify(VerifyCommand.of("make test", null))
            .build(),
        "plan-full.json");
  }

  @Test
  void findingsAreVerifiedFromASeverityOnAndWithoutOneThePlanIsAsItAlwaysWas() {
    Plan plan = Plan.builder("p", "x").verifyFindings(Severity.HIGH).build();
    assertThat(ArtifactJson.line(plan)).endsWith("\"verifyFindings\":\"high\"}");
    assertThat(ArtifactJson.read(ArtifactJson.line(plan), Plan.class, "p")).isEqualTo(plan);
    assertThat(plan.withIncremental(true).verifyFindings()).isEqualTo(Severity.HIGH);
    assertThat(ArtifactJson.line(Plan.builder("p", "x").build())).doesNotContain("verifyFindings");
    Plan.Builder own =
        Plan.builder("p", "x")
            .schema(ArtifactJson.read("{\"type\":\"object\"}", JsonNode.class, "schema"))
            .verifyFindings(Severity.INFO);
    assertThatThrownBy(own::build)
        .hasMessage("plan p has a schema of its own, so there are no findings to verify");
  }

  @Test
  void aPlanThatSaysNothingOfTheNetworkIsAsItAlwaysWasAndAnEntryOfAnotherFormIsRefused() {
    assertThat(ArtifactJson.line(Plan.builder("p", "x").build())).doesNotContain("network");
    assertThat(ArtifactJson.read("{\"allow\":[\"a.example\"]}", NetworkAccess.class, "n"))
        .isEqualTo(NetworkAccess.of(List.of("a.example"), List.of("0.0.0.0/0")));
    assertThat(NetworkAccess.of(null, List.of()).deniesTheRest()).isFalse();
    for (String wrong :
        List.of(
            "https://a.example",
            "a.example:443",
            "a.example/x",
            "256.1.1.1",
            "10.0.0.0/33",
            "a..example",
            "-a.example",
            "*",
            "*.*.example",
            "::1",
            "",
            " a.example")) {
      assertThatThrownBy(() -> NetworkAccess.of(List.of(wrong), null))
          .hasMessage("network.allow can't hold \"" + wrong + "\"");
    }
    assertThatThrownBy(() -> NetworkAccess.of(null, List.of("a.example")))
        .hasMessage("network.deny can't hold \"a.example\"");
    assertThatThrownBy(() -> NetworkAccess.of(List.of("a.example"), List.of("10.0.0.0/8")))
        .hasMessageContaining("where network.deny is not 0.0.0.0/0");
  }

  @Test
  void whatThePlansCommandCameToIsASentence() {
    VerifyResult failed =
        new VerifyResult(
            "make test", VerifyResult.Ending.FAILED, 2, Duration.ofSeconds(3), "no", null);
    assertThat(failed.sentence()).isEqualTo("failed with exit code 2");
    assertThat(ArtifactJson.line(failed))
        .isEqualTo(
            "{\"command\":\"make test\",\"ending\":\"failed\",\"exitCode\":2,"
                + "\"duration\":\"PT3S\",\"output\":\"no\"}");
    RepositoryResult result =
        RepositoryResult.builder("b", SampleRows.row(0), RepositoryStatus.COMPLETE)
            .verify(failed)
            .build();
    assertThat(ArtifactJson.read(ArtifactJson.line(result), RepositoryResult.class, "r"))
        .isEqualTo(result);
    assertThat(result.withFiles(ReviewArtifacts.NONE).verify()).isEqualTo(failed);
  }

  @Test
  void aRejectedFindingStaysInTheResultAndIsCountedNowhere() {
    Finding found = Finding.of("f1", answer().findings().get(0));
    Finding rejected = found.withVerification(Verification.REJECTED, "the id is a constant");
    RepositoryResult result =
        RepositoryResult.builder("b", SampleRows.row(0), RepositoryStatus.COMPLETE)
            .findings(
                List.of(
                    rejected,
                    found.withVerification(Verification.CONFIRMED, "it is input").withLineHash("1"),
                    found))
            .build();

    String json = ArtifactJson.line(result);
    assertThat(json)
        .contains(
            "\"verification\":\"rejected\",\"verificationReason\":\"the id is a constant\"",
            "\"verification\":\"confirmed\",\"verificationReason\":\"it is input\"");
    assertThat(ArtifactJson.read(json, RepositoryResult.class, "r")).isEqualTo(result);
    BatchRow row = BatchRow.of(result, ReviewFiles.NONE);
    assertThat(row.findings()).isEqualTo(new SeverityCounts(0, 2, 0, 0, 0));
    assertThat(row.rejected()).isEqualTo(1);
    assertThat(row.withFiles(ReviewFiles.NONE)).isEqualTo(row);
    assertThat(BatchRow.of(result(), ReviewFiles.NONE).rejected()).isNull();
    assertThat(rejected.withSuppression(null).withLifecycle(null)).isEqualTo(rejected);
  }

  @Test
  void aPlanOfAnEarlierVersionAsksNobodyAndTrustsNothing() {
    Plan plan =
        ArtifactJson.read(
            "{\"name\":\"old\",\"prompt\":\"x\",\"followUps\":[{\"prompt\":\"y\",\"when\":\"always\"}]}",
            Plan.class,
            "p");
    assertThat(plan.followUps().get(0).approval()).isEqualTo(Approval.NONE);
    assertThat(plan.trustRepositorySettings()).isFalse();
    assertThat(plan.incremental()).isFalse();
    assertThat(plan.mcp()).isEmpty();
    assertThat(plan.secrets()).isEmpty();
    assertThat(plan.projectContext()).isNull();
  }

  @Test
  void anMcpServerIsAProgramOrAUrlAndItsCommandLineHoldsNoSecret() {
    assertThat(ArtifactJson.read("{\"url\":\"https://h/mcp\"}", McpServer.class, "server").type())
        .isEqualTo("http");
    assertThat(ArtifactJson.read("{\"command\":\"x\"}", McpServer.class, "server").type())
        .isEqualTo("stdio");
    assertThatThrownBy(() -> new McpServer("http", null, Map.of(), "x", List.of(), Map.of()))
        .hasMessageContaining("needs its url");
    assertThatThrownBy(() -> new McpServer("stdio", "http://h", Map.of(), "x", List.of(), Map.of()))
        .hasMessageContaining("and not both");
    assertThatThrownBy(() -> McpServer.stdio("x", List.of("--token=${T}"), Map.of()))
        .hasMessageContaining("for every process to see");
  }

  @Test
  void aServerRefersToSecretsOfItsPlanAlone() {
    McpServer server = McpServer.http("https://h/${A}", Map.of("x", "${B:-${C}}"));
    assertThat(server.references()).containsExactly("A", "B:-${C");
    assertThatThrownBy(
            () ->
                Plan.builder("p", "x")
                    .mcp(
                        Map.of(
                            "s", McpServer.http("https://h", Map.of("k", "${ANTHROPIC_API_KEY}"))))
                    .secrets(List.of("OTHER"))
                    .build())
        .hasMessageContaining("${ANTHROPIC_API_KEY}, which is none of the plan's secrets");
  }

  @Test
  void aManifestRowHasItsShape() throws IOException {
    isGolden(SampleRows.row(3), "row-git.json");
    TargetSpec spec = new TargetParser(path -> false).parse("./work@v1#src");
    CanonicalTarget canonical = CanonicalTarget.ofPath(Path.of("/srv/work"));
    isGolden(
        TargetRow.bundle(
            0,
            TargetKey.of(canonical, "v1", "src"),
            spec,
            canonical,
            "c0ffee",
            ref("objects/ab/" + HASH)),
        "row-bundle.json");
    isGolden(
        TargetRow.unusable(
            1,
            TargetKey.of(canonical, "v1", "src"),
            spec,
            canonical,
            "git_not_found",
            "'./work@v1#src' has no branch, tag or commit 'v1'"),
        "row-unusable.json");
  }

  @Test
  void theSchemaOfTheAnswerIsPinned() throws IOException {
    isGolden(AnswerSchema.forRules(List.of("sql-injection", "other")), "answer-schema.json");
  }

  @Test
  void everyStatusIsItsLowerCaseWord() {
    for (RepositoryStatus status : RepositoryStatus.values()) {
      assertThat(ArtifactJson.line(status)).isEqualTo("\"" + status.word() + "\"");
      assertThat(ArtifactJson.read("\"" + status.word() + "\"", RepositoryStatus.class, "s"))
          .isEqualTo(status);
    }
    assertThat(RepositoryStatus.SKIPPED_UNCHANGED.word()).isEqualTo("skipped_unchanged");
    assertThat(ArtifactJson.line(BatchStatus.FINISHED_WITH_FAILURES))
        .isEqualTo("\"finished_with_failures\"");
  }

  @Test
  void unknownKeysAreIgnoredAndErrorsNameFileAndType() {
    assertThat(
            ArtifactJson.read("{\"path\":\"a\",\"reason\":\"r\",\"x\":1}", NotCarried.class, "n"))
        .isEqualTo(new NotCarried("a", "r"));
    for (String bad : List.of("", "null", "{", "[]", "{\"path\":\"\"}", "{} {}")) {
      assertThatThrownBy(() -> ArtifactJson.read(bad, NotCarried.class, "the file"))
          .isInstanceOf(ArtifactCorruptException.class)
          .hasMessageStartingWith("the file")
          .hasMessageContaining("NotCarried");
    }
  }

  @Test
  void canonicalTextIsTheSameForTheSameValue() {
    assertThat(
            ArtifactJson.canonical(
                ArtifactJson.read("{\"b\":{\"d\":1,\"c\":null},\"a\":[2]}", JsonNode.class, "x")))
        .isEqualTo("{\"a\":[2],\"b\":{\"c\":null,\"d\":1}}");
  }

  @Test
  void usageAddsUpWithoutABinaryTailAndTheWeakestSourceWins() {
    Usage dime = new Usage(1, 1, 1, 1, 0.1, CostSource.REPORTED, 0.1);
    Usage sum = dime.plus(dime).plus(dime);
    assertThat(sum.costUsd()).isEqualTo(0.3);
    assertThat(sum.sandboxSeconds()).isEqualTo(0.3);
    assertThat(sum.outputTokens()).isEqualTo(3);
    assertThat(sum.costSource()).isEqualTo(CostSource.REPORTED);
    assertThat(sum.plus(new Usage(0, 0, 0, 0, 0, CostSource.ESTIMATED, 0)).costSource())
        .isEqualTo(CostSource.ESTIMATED);
    assertThatThrownBy(() -> new Usage(0, 0, 0, 0, Double.NaN, CostSource.REPORTED, 0))
        .hasMessageContaining("costUsd");
  }

  @Test
  void limitsMustBeAboveZero() {
    assertThatThrownBy(() -> PlanLimits.of(0.0, null, null, null, null, null))
        .hasMessageContaining("limits.budgetUsd");
    assertThatThrownBy(() -> PlanLimits.of(null, 0, null, null, null, null))
        .hasMessageContaining("limits.turns");
    assertThatThrownBy(() -> PlanLimits.of(null, null, Duration.ZERO, null, null, null))
        .hasMessageContaining("limits.time");
    assertThatThrownBy(() -> PlanLimits.of(null, null, null, null, null, null, Duration.ZERO, null))
        .hasMessageContaining("limits.approvalTime");
    assertThatThrownBy(() -> PlanLimits.of(null, null, null, null, null, null, null, Duration.ZERO))
        .hasMessageContaining("limits.pausedTime");
  }

  @Test
  void foldersComeFromTheEnvironment() {
    Path home = Path.of("/home/me");
    assertThat(DataFolders.of(Map.of(), home))
        .isEqualTo(
            new DataFolders(
                Path.of("/home/me/.local/share/repofleet"),
                "/home/me/.local/share/repofleet/artifacts"));
    assertThat(DataFolders.of(Map.of("XDG_DATA_HOME", "/x"), home).data())
        .isEqualTo(Path.of("/x/repofleet"));
    assertThat(DataFolders.of(Map.of("XDG_DATA_HOME", "x"), home).data())
        .isEqualTo(Path.of("/home/me/.local/share/repofleet"));
    assertThat(
            DataFolders.of(Map.of("REPOFLEET_DATA", "/d", "REPOFLEET_ARTIFACTS", "s3://b/p"), home))
        .isEqualTo(new DataFolders(Path.of("/d"), "s3://b/p"));
  }
}
