package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.forge.fake.GitHost;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Which part of a repository is reviewed: without what it keeps out, or what changed alone. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
@Tag("long")
class ReviewScopeIT {
  private static final String NAME = "cedar";

  @TempDir Path folder = Path.of("");
  private final PresetScenario scenario = new PresetScenario();
  private GitHost host;
  private AttackedFleet fleet;
  private GitRepository repository;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(folder.resolve("forge"));
    host = new GitHost(folder.resolve("forge"));
    fleet =
        new AttackedFleet(
            new AttackedFleet.Setup("ReviewScopeIT", folder, List.of(NAME), 1, 0),
            conversation -> ofTheChanges(conversation, scenario.reply(conversation)),
            Map.of("REPOFLEET_GIT_HOSTS", host.address()));
    repository = new GitRepository(folder.resolve(NAME));
  }

  /** Where a review is about what changed, it finds nothing in the file that did not. */
  private static Reply ofTheChanges(Conversation conversation, Reply reply) {
    boolean incremental =
        conversation.prompts().stream().anyMatch(prompt -> prompt.contains("is incremental"));
    if (incremental && reply instanceof Reply.Answer answer) {
      for (Reply.Block block : answer.blocks()) {
        if (block instanceof Reply.ToolCall call && call.input().has("findings")) {
          call.input()
              .withArray("findings")
              .removeIf(finding -> !finding.path("path").asText().equals("src/more.py"));
        }
      }
    }
    return reply;
  }

  @AfterEach
  void stop() {
    try {
      if (fleet != null) {
        fleet.close();
      }
    } finally {
      host.close();
    }
  }

  private Results review(String batch, String... more) {
    List<String> arguments = new ArrayList<>(List.of("review", "--batch", batch));
    arguments.addAll(List.of("--out", "out-" + batch));
    arguments.addAll(List.of(more));
    FleetProcess review = fleet.fleet().start(batch, arguments.toArray(String[]::new));
    assertThat(review.awaitExit(Waiting.LONG)).as(review.tail()).isZero();
    return new Results(folder.resolve("out-" + batch));
  }

  private String prompt(JsonNode row) {
    return scenario.prompts(row.path("sessionId").asText()).get(0);
  }

  @Test
  void what_reviewignore_keeps_out_is_told_not_counted_and_brings_no_findings() {
    repository
        .write(".reviewignore", "# bought in\nvendor/\n")
        .write("vendor/bought.py", "import os\n\nos.system(\"tar \" + input())\n")
        .commit("Bought code");
    host.add(repository.path(), NAME);

    Results results = review("ignoring", NAME, host.url(NAME));

    results.assertAllComplete(2);
    for (JsonNode row : results.rows()) {
      assertThat(prompt(row))
          .contains("1 that its .reviewignore files leave out")
          .contains("\".reviewignore\": \"vendor/\"");
      JsonNode review = results.review(row);
      JsonNode coverage = review.path("coverage");
      assertThat(coverage.path("exclusions"))
          .filteredOn(rule -> rule.path("source").asText().equals(".reviewignore"))
          .extracting(rule -> rule.path("pattern").asText())
          .containsExactly("vendor/");
      assertThat(coverage.path("exclusions").size()).as("the agent's beside them").isGreaterThan(1);
      assertThat(coverage.path("ignored").path("files").asInt()).isEqualTo(1);
      assertThat(coverage.path("ignored").path("findingsDropped").asInt()).isEqualTo(1);
      assertThat(coverage.path("filesTotal").asInt()).isEqualTo(3);
      assertThat(coverage.path("status").asText()).isEqualTo("partial");
      assertThat(review.path("findings"))
          .isNotEmpty()
          .noneMatch(finding -> finding.toString().contains("vendor/"));
    }
    assertThat(results.text("report.md"))
        .contains("1 file left out by 1 pattern of the repository itself")
        .contains("findings reported there and dropped: 1");
    assertThat(results.text("report.html")).contains("1 file left out by 1 pattern");
  }

  @Test
  void an_incremental_plan_reviews_what_changed_and_all_where_the_base_is_gone()
      throws IOException {
    Files.writeString(
        folder.resolve("changes.yaml"), "rules: [command-injection]\nincremental: true\n");
    Path bare = folder.resolve("forge").resolve(NAME);
    String first = repository.git("rev-parse", "HEAD");
    host.add(repository.path(), NAME);
    String url = host.url(NAME) + "@main";

    JsonNode one = reviewChanges("one", url);
    assertThat(one.path("incremental").path("fallback").asText()).isEqualTo("no_earlier_result");
    assertThat(one.path("incremental").hasNonNull("base")).isFalse();

    String second =
        repository
            .write("src/more.py", "import os\n\nos.system(\"rm \" + input())\n")
            .commit("More");
    repository.git("push", "-q", bare.toString(), "main");
    JsonNode two = reviewChanges("two", url);
    assertThat(two.path("incremental").path("base").asText()).isEqualTo(first);
    assertThat(two.path("incremental").path("batch").asText()).isEqualTo("one");
    assertThat(two.path("incremental").path("filesChanged").asInt()).isEqualTo(1);
    assertThat(two.path("incremental").hasNonNull("fallback")).isFalse();
    assertThat(prompt(two))
        .contains("the range " + first + ".." + second + ", with 1 changed file");
    assertThat(new Results(folder.resolve("out-two")).text("report.md"))
        .contains("1 file changed since " + first + ", reviewed in batch one");

    assertThat(two.path("findings"))
        .filteredOn(finding -> finding.hasNonNull("carriedFrom"))
        .isNotEmpty()
        .hasSameSizeAs(one.path("findings"))
        .allMatch(finding -> finding.path("carriedFrom").asText().equals("one"))
        .allMatch(finding -> finding.at("/lifecycle/state").asText().equals("persisting"))
        .extracting(finding -> finding.path("fingerprint").asText())
        .containsExactlyInAnyOrderElementsOf(one.path("findings").findValuesAsText("fingerprint"));
    assertThat(two.path("findings")).hasSizeGreaterThan(one.path("findings").size());
    Results outTwo = new Results(folder.resolve("out-two"));
    int counted = 0;
    for (JsonNode count : outTwo.rows().get(0).path("findings")) {
      counted += count.asInt();
    }
    assertThat(counted).as("batch.json").isEqualTo(two.path("findings").size());
    assertThat(outTwo.text("report.md")).contains("carried from batch one, not looked at again");
    assertThat(outTwo.text("report.html")).contains("carried from batch one, not looked at again");

    FleetProcess again = fleet.fleet().start("retry", "retry", "two", NAME);
    assertThat(again.awaitExit(Waiting.LONG)).as(again.tail()).isZero();
    FleetProcess watch = fleet.fleet().start("watch", "watch", "two", "--out", "out-again");
    assertThat(watch.awaitExit(Waiting.LONG)).as(watch.tail()).isZero();
    Results retried = new Results(folder.resolve("out-again"));
    JsonNode repeated = retried.review(retried.rows().get(0));
    assertThat(repeated.path("generation").asInt()).isEqualTo(1);
    assertThat(repeated.path("incremental")).isEqualTo(two.path("incremental"));

    repository.git("reset", "-q", "--hard", first);
    repository.write("src/other.py", "import os\n\nos.system(\"ls \" + input())\n");
    repository.commit("Another history");
    repository.git("push", "-q", "--force", bare.toString(), "main");
    GitRepository forge = new GitRepository(bare);
    forge.git("reflog", "expire", "--expire=now", "--all");
    forge.git("gc", "-q", "--prune=now");
    JsonNode three = reviewChanges("three", url);
    assertThat(three.path("incremental").path("fallback").asText()).isEqualTo("base_not_fetched");
    assertThat(three.path("incremental").path("base").asText()).isEqualTo(second);
    assertThat(prompt(three)).doesNotContain("incremental");
    assertThat(new Results(folder.resolve("out-three")).text("report.md"))
        .contains("everything was reviewed, since the Git host does not give the commit");
  }

  private JsonNode reviewChanges(String batch, String target) {
    Results results = review(batch, "--plan", "changes.yaml", target);
    results.assertAllComplete(1);
    return results.review(results.rows().get(0));
  }
}
