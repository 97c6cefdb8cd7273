package dev.repofleet.artifacts.result;

import static dev.repofleet.artifacts.GoldenFile.isGolden;
import static dev.repofleet.artifacts.finding.SampleAnswer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.target.SampleRows;
import dev.repofleet.artifacts.target.TargetRow;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The results of a repository and of a batch, as they are written and as they count. */
class ResultJsonTest {
  private static final String HASH = "ab".repeat(32);
  private static final Instant START = Instant.parse("2026-01-02T03:04:05.006Z");

  private static ArtifactRef ref(String path) {
    return new ArtifactRef(ArtifactUri.of(path), HASH, 42);
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
}
