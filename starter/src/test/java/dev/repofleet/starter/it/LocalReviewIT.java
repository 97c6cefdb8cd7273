package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.starter.embedded.SeparateTemporal;
import dev.repofleet.starter.plan.PlanLoader;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job as one command: two real source trees, the real Claude Code CLI on a scripted model
 * that edits a file in the follow-up.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class LocalReviewIT {
  /** Three of the review, two of the follow-up: {@link ReviewScenario}. */
  private static final int CALLS = 5;

  private static final String MARK = "repofleet scripted follow-up 1";

  @TempDir Path folder = Path.of("");

  @Test
  void two_source_trees_are_reviewed_and_mended_and_every_side_agrees_on_it() throws IOException {
    Prerequisites.requireSandboxes();
    Path claude = Prerequisites.requireClaudeCode();
    Prerequisites.require(SourceTree.present(), "needs the source trees that `mvn verify` copies");
    GitRepository hibernate = SourceTree.commit("hibernate-core", folder.resolve("A"));
    GitRepository lucene = SourceTree.commit("lucene-core", folder.resolve("B"));
    for (GitRepository tree : List.of(hibernate, lucene)) {
      assertThat(tree.git("ls-files").lines().count()).isGreaterThan(1000);
    }
    try (ScriptedModel model = ScriptedModel.start(new ReviewScenario(ReviewOptions.DEFAULTS));
        FleetProcesses processes = new FleetProcesses("LocalReviewIT")) {
      FleetProcess review = review(processes, claude, model);
      Results results = new Results(folder.resolve("out"));
      results.assertAllComplete(2);
      results.assertLedger(model.ledger(), CALLS);
      patchGivesTheSandboxesTree(results, 0, hibernate);
      patchGivesTheSandboxesTree(results, 1, lucene);
      agentRanOnceForEachTurn(results);
      assertThat(results.text("report.md")).contains("## 1. `A`", "## 2. `B`");
      nothingSecretIsShown(review, results);
    }
    historiesReplayAndAreWithoutContent();
  }

  private FleetProcess review(FleetProcesses processes, Path claude, ScriptedModel model) {
    long begin = System.nanoTime();
    FleetProcess review =
        processes.start(
            "review",
            folder,
            Map.of(
                "REPOFLEET_CLAUDE", claude.toString(),
                "REPOFLEET_DATA", folder.resolve("data").toString(),
                "ANTHROPIC_BASE_URL", model.uri().toString(),
                "ANTHROPIC_API_KEY", PlantedSecret.MODEL_KEY.value()),
            "review",
            "--local",
            "--plan",
            "security",
            "--out",
            "out",
            "A",
            "B");
    int exit = review.awaitExit(Waiting.LONG);
    System.out.printf(
        "review --local of two source trees: %.1f s%n", (System.nanoTime() - begin) / 1e9);
    assertThat(exit).as(review.tail()).isZero();
    return review;
  }

  private void patchGivesTheSandboxesTree(Results results, int index, GitRepository tree) {
    JsonNode row = results.rows().get(index);
    JsonNode review = results.review(row);
    String commit = row.path("commit").asText();
    assertThat(commit).isEqualTo(tree.git("rev-parse", "HEAD"));
    Path patch = results.file(row, "patch");
    GitRepository clone = new GitRepository(folder.resolve("clone-" + index));
    tree.git("clone", "-q", "--no-checkout", tree.path().toString(), clone.path().toString());
    clone.git("checkout", "-q", "--detach", commit);
    clone.git("apply", "--index", patch.toString());
    assertThat(clone.git("write-tree"))
        .isEqualTo(review.path("treeHash").asText())
        .isNotEqualTo(clone.git("rev-parse", "HEAD^{tree}"));
    String first = review.path("findings").path(0).path("locations").path(0).path("path").asText();
    assertThat(clone.git("diff", "--cached", "--numstat")).isEqualTo("1\t0\t" + first);
    assertThat(clone.git("diff", "--cached")).contains("+// " + MARK);
  }

  private static void agentRanOnceForEachTurn(Results results) {
    for (JsonNode row : results.rows()) {
      String session = row.path("sessionId").asText();
      assertThat(results.starts(row))
          .hasSize(2)
          .allMatch(start -> start.path("session_id").asText().equals(session));
      JsonNode turns = results.review(row).path("turns");
      assertThat(turns).extracting(turn -> turn.path("incarnations").asInt()).containsExactly(1, 1);
      assertThat(turns)
          .extracting(turn -> turn.path("purpose").asText())
          .containsExactly("review", "follow_up");
    }
  }

  private void nothingSecretIsShown(FleetProcess review, Results results) throws IOException {
    PlantedSecret sandboxKey = sandboxKey();
    for (PlantedSecret secret : List.of(PlantedSecret.MODEL_KEY, sandboxKey)) {
      secret.assertAbsentFrom("what was printed", review.out() + review.err());
      secret.assertAbsentFrom("batch.json", results.text("batch.json"));
      secret.assertAbsentFrom("report.md", results.text("report.md"));
      for (JsonNode row : results.rows()) {
        secret.assertAbsentFrom("review.json", results.review(row).toString());
      }
      Path log = folder.resolve("data/logs/repofleet.log");
      secret.assertAbsentFrom("the log", Files.readString(log));
    }
  }

  private PlantedSecret sandboxKey() throws IOException {
    String key = Files.readString(folder.resolve("data/sandbox-key")).strip();
    assertThat(key).hasSizeGreaterThan(20);
    return new PlantedSecret("the sandboxes' key", key);
  }

  /** Read from the stack's data folder after its end: it has kept them. */
  private void historiesReplayAndAreWithoutContent() throws IOException {
    Results results = new Results(folder.resolve("out"));
    String batch = results.batch().path("batch").asText();
    Plan plan = new PlanLoader(folder).load("security");
    try (SeparateTemporal temporal = SeparateTemporal.start(folder.resolve("data"))) {
      Histories histories = Histories.of(temporal.connection().client(), batch, results.keys());
      histories.assertReplay();
      histories.assertWithout(List.of(PlantedSecret.MODEL_KEY, sandboxKey()));
      histories.assertWithoutLines("the diff", results.diffLines());
      histories.assertWithoutLines("the transcript", results.transcriptLines());
      histories.assertWithoutLines("the prompt", Results.telling(plan.prompt().lines().toList()));
      histories.assertWithoutLines(
          "the follow-up", Results.telling(plan.followUps().get(0).prompt().lines().toList()));
      histories.assertWithoutLines("the findings", Set.of("Look at the line; keep untrusted"));
    }
  }
}
