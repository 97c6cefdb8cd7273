package dev.repofleet.starter.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.RepositoryStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scripts read these lines, so each is pinned to the letter. */
class EventLinesTest {
  private static final Instant AT = Instant.parse("2024-05-06T07:08:09Z");

  @Test
  void a_stage_is_a_line_without_status() {
    RepositoryEvent event =
        new RepositoryEvent(
            AT, "b", 2, 12, "k-1", "o/r", "run", 1, null, null, 0.5, SeverityCounts.NONE, null);
    assertThat(ArtifactJson.line(event))
        .isEqualTo(
            "{\"type\":\"repository\",\"at\":\"2024-05-06T07:08:09Z\",\"batch\":\"b\",\"key\":\"k-1\","
                + "\"target\":\"o/r\",\"stage\":\"run\",\"turn\":1,\"costUsd\":0.5,"
                + "\"findings\":{\"critical\":0,\"high\":0,\"medium\":0,\"low\":0,\"info\":0}}");
    assertThat(event.line()).isEqualTo("[3/12] o/r  run turn 1");
  }

  @Test
  void an_end_is_a_line_with_status_and_cause() {
    RepositoryEvent event =
        new RepositoryEvent(
            AT,
            "b",
            0,
            1,
            "k-1",
            "o/r",
            "done",
            0,
            RepositoryStatus.FAILED,
            "git_auth",
            0,
            new SeverityCounts(1, 2, 0, 0, 0),
            Duration.ofSeconds(3));
    assertThat(ArtifactJson.line(event))
        .isEqualTo(
            "{\"type\":\"repository\",\"at\":\"2024-05-06T07:08:09Z\",\"batch\":\"b\",\"key\":\"k-1\","
                + "\"target\":\"o/r\",\"stage\":\"done\",\"turn\":0,\"status\":\"failed\","
                + "\"cause\":\"git_auth\",\"costUsd\":0.0,"
                + "\"findings\":{\"critical\":1,\"high\":2,\"medium\":0,\"low\":0,\"info\":0}}");
    assertThat(event.line()).isEqualTo("[1/1] o/r  done failed (git_auth) · 3 findings · $0.00");
  }

  @Test
  void the_batch_is_its_file_without_rows() {
    BatchResult result =
        BatchResult.of(
            new BatchResult.Head(
                "b",
                BatchStatus.COMPLETE,
                null,
                "security",
                new AgentInfo("rehearsal", "1", null),
                AT,
                AT.plusSeconds(5)),
            List.of());
    assertThat(BatchEvent.line(result))
        .isEqualTo(
            "{\"type\":\"batch\",\"schemaVersion\":1,\"batch\":\"b\",\"status\":\"complete\","
                + "\"plan\":\"security\",\"agent\":{\"kind\":\"rehearsal\",\"version\":\"1\"},"
                + "\"rehearsal\":true,\"startedAt\":\"2024-05-06T07:08:09Z\","
                + "\"endedAt\":\"2024-05-06T07:08:14Z\",\"totals\":{\"complete\":0,\"partial\":0,"
                + "\"unstructured\":0,\"failed\":0,\"cancelled\":0,\"skipped_unchanged\":0},"
                + "\"findings\":{\"critical\":0,\"high\":0,\"medium\":0,\"low\":0,\"info\":0},"
                + "\"usage\":{\"inputTokens\":0,\"cacheReadTokens\":0,\"cacheWriteTokens\":0,"
                + "\"outputTokens\":0,\"costUsd\":0.0,\"costSource\":\"reported\","
                + "\"sandboxSeconds\":0.0}}");
  }

  @Test
  void a_batch_left_to_itself_says_its_id() {
    assertThat(BatchEvent.started("b", 3, AT))
        .isEqualTo(
            "{\"type\":\"batch\",\"batch\":\"b\",\"status\":\"running\","
                + "\"startedAt\":\"2024-05-06T07:08:09Z\",\"repositories\":3}");
  }
}
