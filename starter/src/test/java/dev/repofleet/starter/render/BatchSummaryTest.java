package dev.repofleet.starter.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchSummaryTest {
  private static final Instant AT = Instant.parse("2024-05-06T07:08:09Z");

  @Test
  void a_table_and_the_totals_say_what_was_not_reviewed_and_that_it_was_a_rehearsal() {
    TargetSpec spec = new TargetParser(path -> false).parse("owner/name");
    TargetRow target = TargetRow.git(0, "k", spec, CanonicalTarget.ofUrl(spec.url()));
    BatchResult result =
        BatchResult.of(
            new BatchResult.Head(
                "b",
                BatchStatus.FINISHED_WITH_FAILURES,
                null,
                "security",
                new AgentInfo("rehearsal", "1", null),
                AT,
                AT.plusSeconds(65)),
            List.of(
                BatchRow.without(target, RepositoryStatus.COMPLETE, null, null),
                BatchRow.without(target, RepositoryStatus.FAILED, "git_auth", "no login")));
    assertThat(BatchSummary.lines(result, TextStyle.PLAIN))
        .containsExactly(
            "TARGET      STATUS    CAUSE     FINDINGS   COST",
            "owner/name  complete  -         none      $0.00",
            "owner/name  failed    git_auth  -         $0.00",
            "",
            "owner/name: no login",
            "Batch b finished_with_failures: 1 complete, 1 failed; findings: none; $0.00; 1 min 5 s",
            "Rehearsal: no model was used; the findings are those of a few fixed rules.");
  }

  @Test
  void what_is_unchanged_is_told_in_a_line_for_each_batch_it_stands_on() {
    TargetSpec spec = new TargetParser(path -> false).parse("owner/name");
    TargetRow target = TargetRow.git(0, "k", spec, CanonicalTarget.ofUrl(spec.url()));
    String monday = "unchanged since batch monday: nothing was run";
    BatchResult result =
        BatchResult.of(
            new BatchResult.Head(
                "b", BatchStatus.COMPLETE, null, "security", null, AT, AT.plusSeconds(5)),
            List.of(
                BatchRow.without(target, RepositoryStatus.SKIPPED_UNCHANGED, null, monday),
                BatchRow.without(target, RepositoryStatus.SKIPPED_UNCHANGED, null, monday)));
    assertThat(BatchSummary.lines(result, TextStyle.PLAIN))
        .containsExactly(
            "TARGET      STATUS             FINDINGS   COST",
            "owner/name  skipped_unchanged  none      $0.00",
            "owner/name  skipped_unchanged  none      $0.00",
            "",
            "2 repositories unchanged since batch monday: nothing was run",
            "Batch b complete: 2 skipped_unchanged; findings: none; $0.00; 5 s");
  }

  @Test
  void what_is_known_of_one_in_work_stands_in_its_row() {
    TargetSpec spec = new TargetParser(path -> false).parse("owner/name");
    TargetRow target = TargetRow.git(0, "k", spec, CanonicalTarget.ofUrl(spec.url()));
    BatchResult result =
        BatchResult.of(
            new BatchResult.Head("b", BatchStatus.RUNNING, null, "security", null, AT, null),
            List.of(BatchRow.without(target, RepositoryStatus.RUNNING, null, null)));
    Map<Integer, BatchSummary.Place> places =
        Map.of(
            0,
            new BatchSummary.Place(
                "follow-up 1 waits for an answer", 0.5, new SeverityCounts(0, 2, 0, 0, 0)));
    assertThat(BatchSummary.lines(result, places, TextStyle.PLAIN).get(1))
        .isEqualTo("owner/name  follow-up 1 waits for an answer  2 high    $0.50");
  }

  @Test
  void numbers_are_worded_alike_everywhere() {
    assertThat(Wording.dollars(0)).isEqualTo("$0.00");
    assertThat(Wording.dollars(0.0012)).isEqualTo("$0.0012");
    assertThat(Wording.dollars(12.345)).isEqualTo("$12.35");
    assertThat(Wording.duration(Duration.ofSeconds(59))).isEqualTo("59 s");
    assertThat(Wording.duration(Duration.ofMinutes(130))).isEqualTo("2 h 10 min");
  }
}
