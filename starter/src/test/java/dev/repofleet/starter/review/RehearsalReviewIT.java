package dev.repofleet.starter.review;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.command.LocalStack;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.RehearsalStack;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs against a real stack: Temporal, sandboxes, a worker, the rehearsal agent. */
@Order(1)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class RehearsalReviewIT {
  private static @Nullable LocalStack stack;

  @TempDir Path folder = Path.of("");
  private TestProgram program = new TestProgram(folder);

  @BeforeAll
  static void startTheStack(@TempDir Path data) {
    stack = RehearsalStack.open(data.resolve("data"));
  }

  @AfterAll
  static void stopTheStack() {
    if (stack != null) {
      stack.close();
    }
  }

  @BeforeEach
  void useTheStack() {
    program = new TestProgram(folder);
    LocalStack running = Objects.requireNonNull(stack);
    running.environment().forEach(program::with);
    program.with("TEMPORAL_NAMESPACE", "default").starting((options, talk) -> lent(running));
  }

  /** A stack for {@code --local} that outlives the command. */
  private static LocalStack lent(LocalStack running) {
    return new LocalStack() {
      @Override
      public Map<String, String> environment() {
        return running.environment();
      }

      @Override
      public URI ui(String workflowId) {
        return running.ui(workflowId);
      }

      @Override
      public void close() {}
    };
  }

  private GitRepository vulnerable() {
    GitRepository repository = GitRepository.init(folder.resolve("app"));
    repository.write(
        "app/settings.py",
        """
        import yaml


        def read(stream):
            return yaml.load(stream, Loader=yaml.Loader)
        """);
    repository.write("README.md", "An app.\n").commit("first");
    return repository;
  }

  @Test
  void a_path_is_reviewed_and_mended_while_a_refused_host_fails_alone() throws IOException {
    GitRepository app = vulnerable();
    TestProgram.Outcome outcome =
        program.run(
            "review",
            "--local",
            "--agent",
            "rehearsal",
            "--out",
            "out",
            "app",
            "https://127.0.0.1:9/owner/name");
    assertThat(outcome.err()).contains("Temporal UI  http", "[1/2] app  done complete");
    assertThat(outcome.exit()).isEqualTo(3);
    assertThat(outcome.out())
        .contains("app ", "1 high", "failed    git_", "REPOFLEET_GIT_HOSTS", "Rehearsal: no model");
    JsonNode batch =
        ArtifactJson.read(
            Files.readAllBytes(folder.resolve("out/batch.json")), JsonNode.class, "batch.json");
    assertThat(batch.path("rehearsal").asBoolean()).isTrue();
    JsonNode row = batch.path("repositories").path(0);
    assertThat(row.path("commit").asText()).isEqualTo(app.git("rev-parse", "HEAD"));
    Path patch = folder.resolve("out").resolve(row.path("files").path("patch").asText());
    app.git("apply", "--index", patch.toString());
    JsonNode review =
        ArtifactJson.read(
            Files.readAllBytes(
                folder.resolve("out").resolve(row.path("files").path("review").asText())),
            JsonNode.class,
            "review.json");
    assertThat(app.git("write-tree")).isEqualTo(review.path("treeHash").asText());
    assertThat(folder.resolve("out/report.md"))
        .content()
        .contains("Rehearsal", "app/settings.py:5");
    assertThat(review.at("/findings/0/locations/0/excerpt/lines").toString())
        .contains("return yaml.load(stream, Loader=yaml.Loader)");
    assertThat(folder.resolve("out/report.html"))
        .content()
        .contains("return yaml.load(stream, Loader=yaml.Loader)", "no model was used");
  }

  @Test
  void paths_without_what_was_asked_for_fail_alone_with_their_causes() throws IOException {
    vulnerable();
    GitRepository.init(folder.resolve("new"));
    TestProgram.Outcome outcome =
        program.run(
            "review",
            "--agent",
            "rehearsal",
            "--batch",
            "lacking",
            "--out",
            "out",
            "app",
            "new",
            "app@absent",
            "app#absent");
    assertThat(outcome.exit()).isEqualTo(3);
    assertThat(outcome.err()).contains("'new' has no commit yet", "it counts as failed");
    assertThat(outcome.out()).contains("'app@absent' has no branch, tag or commit 'absent'");
    JsonNode batch =
        ArtifactJson.read(
            Files.readAllBytes(folder.resolve("out/batch.json")), JsonNode.class, "batch.json");
    assertThat(batch.path("repositories"))
        .extracting(row -> row.path("status").asText() + " " + row.path("cause").asText())
        .containsExactly(
            "complete ", "failed repository_empty", "failed git_not_found", "failed git_not_found");
    assertThat(program.run("review", "--agent", "rehearsal", "--batch", "none", "new").exit())
        .isEqualTo(3);
    TestProgram.Outcome published = program.run("publish", "lacking", "--branch", "--dry-run");
    assertThat(published.exit()).as(published.err()).isZero();
    assertThat(published.err())
        .contains(
            "4 with nothing to publish",
            "Nothing of 4: it is a rehearsal, which is never published");
  }

  @Test
  void events_are_lines_of_json_with_the_batch_last() {
    vulnerable();
    TestProgram.Outcome outcome =
        program.run("review", "--agent", "rehearsal", "--json", "--batch", "lines", "app");
    assertThat(outcome.exit()).isZero();
    List<JsonNode> lines =
        outcome
            .out()
            .lines()
            .map(line -> ArtifactJson.read(line, JsonNode.class, "a line"))
            .toList();
    assertThat(lines).extracting(line -> line.path("batch").asText()).containsOnly("lines");
    JsonNode end = lines.get(lines.size() - 2);
    assertThat(end.path("type").asText()).isEqualTo("repository");
    assertThat(end.path("status").asText()).isEqualTo("complete");
    assertThat(end.path("findings").path("high").asInt()).isEqualTo(1);
    JsonNode batch = lines.get(lines.size() - 1);
    assertThat(batch.path("type").asText()).isEqualTo("batch");
    assertThat(batch.path("totals").path("complete").asInt()).isEqualTo(1);
    assertThat(program.run("status", "lines").out()).contains("Batch lines complete: 1 complete");
    assertThat(program.run("status").out()).contains("lines ");
    assertThat(program.run("cancel", "lines").out()).contains("had ended already");
    TestProgram.Outcome again =
        program.run("review", "--agent", "rehearsal", "--batch", "lines", "app");
    assertThat(again.exit()).isEqualTo(2);
    assertThat(again.err()).contains("there is a batch 'lines' already");
  }

  @Test
  void what_the_agent_does_is_shown_while_it_runs_and_the_same_afterwards() throws IOException {
    vulnerable();
    RehearsalStack.writeAskingPlan(folder);
    TestProgram.Outcome begun =
        program.run(
            "review",
            "--agent",
            "rehearsal",
            "--plan",
            "asking.yaml",
            "--batch",
            "seen",
            "--detach",
            "app");
    assertThat(begun.exit()).as(begun.err()).isZero();
    assertThat(program.run("report", "seen", "--format", "html").out())
        .contains("Findings so far", "The batch is still running.");
    Waiting.until(
        "it waits for a person",
        Waiting.LONG,
        () -> program.run("status", "seen").out().contains("waits"));
    assertThat(program.run("approve", "seen", "app").exit()).isZero();
    TestProgram.Outcome live = program.run("logs", "seen", "app", "-f", "--json");
    assertThat(live.exit()).isZero();
    assertThat(program.run("report", "seen").out()).contains("# Review `seen`", "1 high");
    assertThat(live.err()).contains("app complete · findings: 1 high");
    assertThat(live.out().lines())
        .extracting(line -> ArtifactJson.read(line, JsonNode.class, "a line").path("type").asText())
        .startsWith("system", "assistant")
        .endsWith("result")
        .filteredOn("result"::equals)
        .hasSize(2);
    assertThat(program.run("logs", "seen", "ap", "--json").out()).isEqualTo(live.out());
    assertThat(program.run("logs", "seen", "app", "-f").out())
        .contains("turn 0: rehearsal, session ", "  RuleScan: {", "turn 1: success · ", "$0.00");
    assertThat(program.with("TEMPORAL_ADDRESS", "127.0.0.1:1").run("logs", "seen", "app").out())
        .contains("turn 1: success · ");
  }

  @Test
  void an_answer_to_a_review_that_has_ended_changes_nothing() {
    vulnerable();
    program.run("review", "--agent", "rehearsal", "--batch", "answered", "app");
    for (String verb : List.of("approve", "reject")) {
      TestProgram.Outcome outcome = program.run(verb, "answered", "app");
      assertThat(outcome.exit()).isEqualTo(2);
      assertThat(outcome.err()).contains("app: nothing waits, the review has ended (complete)");
      assertThat(outcome.out()).isEmpty();
    }
  }

  @Test
  void workers_without_a_model_end_the_batch_with_the_way_out() {
    vulnerable();
    TestProgram.Outcome outcome = program.run("review", "--batch", "modelless", "app");
    assertThat(outcome.exit()).isEqualTo(5);
    assertThat(outcome.err()).contains("could not go on", "--agent rehearsal");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void an_ended_review_takes_a_follow_up_in_its_session() throws IOException {
    GitRepository app = vulnerable();
    app.write(
        "app/passwords.py",
        """
        import os


        def backup(name):
            os.system("tar cf backup.tar " + name)
        """);
    app.commit("second");
    program.run("review", "--agent", "rehearsal", "--batch", "twice", "--plan", plan(), "app");
    JsonNode before = reviewOf("twice");
    TestProgram.Outcome outcome =
        program.run("follow-up", "twice", "app", "Fix the findings of severity high and above.");
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("I changed 2 of 2 findings", "app complete · findings");
    JsonNode after = reviewOf("twice");
    assertThat(after.path("sessionId")).isEqualTo(before.path("sessionId"));
    assertThat(after.path("turns")).hasSize(before.path("turns").size() + 1);
    assertThat(after.path("treeHash")).isNotEqualTo(before.path("treeHash"));
    assertThat(program.run("logs", "twice", "app").out()).contains("turn 1: success");
    assertThat(program.run("status", "twice").out()).contains("1 complete");
  }

  @Test
  void one_finding_is_asked_of_the_other_repositories_in_their_own_sessions() throws IOException {
    vulnerable();
    GitRepository copy = GitRepository.init(folder.resolve("copy"));
    copy.write("load.py", Files.readString(folder.resolve("app/app/settings.py")));
    copy.commit("copied");
    GitRepository other = GitRepository.init(folder.resolve("other"));
    other.write("run.py", "import os\n\n\ndef run(name):\n    os.system('ls ' + name)\n");
    other.commit("of its own");
    program.run(
        "review",
        "--agent",
        "rehearsal",
        "--batch",
        "across",
        "--plan",
        plan(),
        "app",
        "copy",
        "other",
        "https://127.0.0.1:9/owner/gone");
    JsonNode shared =
        ArtifactJson.read(
            program.run("report", "across", "--format", "root-causes").out(),
            JsonNode.class,
            "root-causes.json");
    assertThat(shared.path("rootCauses")).hasSize(1);
    assertThat(shared.at("/rootCauses/0/kind").asText()).isEqualTo("same_code");
    assertThat(shared.at("/rootCauses/0/repositories").asInt()).isEqualTo(2);
    String finding = shared.at("/rootCauses/0/places/0/fingerprint").asText().substring(0, 12);
    String[] question = {
      "follow-up", "across", "--finding", finding, "--across", "Is what is loaded trusted here?"
    };

    TestProgram.Outcome asked = program.run(question);

    assertThat(asked.exit()).as(asked.err()).isZero();
    assertThat(asked.out().lines()).anyMatch(line -> line.matches("present +copy .*"));
    assertThat(asked.out().lines()).anyMatch(line -> line.matches("absent +other .*"));
    assertThat(asked.out()).doesNotContain("app ");
    assertThat(asked.err())
        .contains("is asked of 2 of the 3 other repositories", "Not asked: https://127.0.0.1:9")
        .contains("1 present, 1 absent");
    program.run("follow-up", "across", "copy", "List them.");
    String events = program.run("logs", "across", "copy").out();
    TestProgram.Outcome again = program.run(question);
    assertThat(again.err()).contains("copy: was asked this before.");
    assertThat(again.out().lines()).anyMatch(line -> line.matches("present +copy .*"));
    assertThat(program.run("logs", "across", "copy").out()).isEqualTo(events);
  }

  /** Without follow-ups of its own. */
  private String plan() throws IOException {
    Files.writeString(
        folder.resolve("plan.yaml"),
        """
        prompt: Review this repository.
        rules: [insecure-deserialization, command-injection]
        """);
    return "plan.yaml";
  }

  private JsonNode reviewOf(String batch) throws IOException {
    String status = program.run("status", batch, "--json").out();
    String key =
        status
            .lines()
            .map(line -> ArtifactJson.read(line, JsonNode.class, "a line").path("key").asText())
            .findFirst()
            .orElseThrow();
    Path store = Path.of(program.context().environment().get("REPOFLEET_ARTIFACTS"));
    return ArtifactJson.read(
        Files.readAllBytes(store.resolve("reviews").resolve(batch).resolve(key + "/review.json")),
        JsonNode.class,
        "review.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"security", "quality", "dependencies", "explain"})
  void a_rehearsal_reports_under_any_preset_only_what_that_one_asks_for(String preset)
      throws IOException {
    vulnerable();
    TestProgram.Outcome outcome =
        program.run("review", "--agent", "rehearsal", "--plan", preset, "--batch", preset, "app");
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    JsonNode review = reviewOf(preset);
    assertThat(review.path("status").asText()).isEqualTo("complete");
    boolean known = preset.equals("security");
    assertThat(review.path("findings")).hasSize(known ? 1 : 0);
    assertThat(review.path("turns")).hasSize(known ? 2 : 1);
    assertThat(review.path("summary").asText())
        .contains(known ? "with 6 fixed rules: 1 high" : "None of its fixed rules is one of this");
    assertThat(review.at("/coverage/status").asText()).isEqualTo(known ? "complete" : "partial");
  }

  @Test
  void an_unknown_batch_is_refused() {
    for (List<String> verb :
        List.of(
            List.of("status", "absent"),
            List.of("cancel", "absent"),
            List.of("logs", "absent", "app"),
            List.of("report", "absent"),
            List.of("approve", "absent", "app"),
            List.of("follow-up", "absent", "app", "Fix it."))) {
      TestProgram.Outcome outcome = program.run(verb.toArray(String[]::new));
      assertThat(outcome.exit()).isEqualTo(2);
      assertThat(outcome.err()).contains("there is no batch 'absent' at 127.0.0.1:");
    }
  }
}
