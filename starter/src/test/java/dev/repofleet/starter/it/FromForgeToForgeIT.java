package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.Scenario;
import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakePulls.Pull;
import dev.repofleet.forge.fake.FakeRepository;
import dev.repofleet.forge.fake.GitHost;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * An organisation of private repositories, by a GitHub App: listed, reviewed by the real CLI,
 * published, looked at again, and reviewed once more, while the App's tokens die in between.
 */
@Order(1)
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
class FromForgeToForgeIT {
  private static final List<String> NAMES = List.of("ash", "elm");

  private static final Scenario REVIEW = new ReviewScenario(ReviewOptions.DEFAULTS);

  /** GitHub's tokens of Apps live for an hour. */
  private static final Duration TOKEN_LIFE = Duration.ofHours(1);

  @TempDir Path folder = Path.of("");

  @Test
  void an_organisation_comes_in_and_pull_requests_go_out() throws IOException {
    try (FakeGitHub gitHub = organisation();
        GitHost host = new GitHost(folder.resolve("forge"));
        AttackedFleet attacked =
            new AttackedFleet(
                new AttackedFleet.Setup("FromForgeToForgeIT", folder, NAMES, 1, 0),
                FromForgeToForgeIT::wholeReview,
                variables(gitHub, host))) {
      host.readableWith(gitHub::isGood);
      host.writableWith(
          token -> gitHub.isGood(token) && writes(gitHub.permissionsOf(token), "contents"));
      gitHub.pulls().at(host);
      NAMES.forEach(name -> host.add(folder.resolve(name), "acme/" + name));
      Client client = new Client(attacked.fleet(), variables(gitHub, host));

      client.run("first", "review", "--batch", "first", "--out", "first", "--github", "acme");
      Results results = new Results(folder.resolve("first"));
      results.assertAllComplete(NAMES.size());

      gitHub.advance(TOKEN_LIFE);
      client.run("publish", "publish", "first", "--pull-request", "--sarif");
      published(gitHub, host, results);
      gitHub.pulls().merge("acme/ash", 1);
      gitHub.advance(TOKEN_LIFE);
      assertThat(client.run("status", "status", "first", "--published").out())
          .containsPattern("acme/ash.*merged")
          .containsPattern("acme/elm.*open");

      gitHub.advance(TOKEN_LIFE);
      client.run(
          "second", "review", "--batch", "second", "--out", "2", "--no-cache", "--github", "acme");
      new Results(folder.resolve("2")).assertAllComplete(NAMES.size());
      noTokenIsLeft(attacked);
    }
  }

  /** An agent that leaves nothing out: findings of a part are not uploaded. */
  private static Reply wholeReview(Conversation conversation) {
    return StructuredAnswers.changed(
        REVIEW.reply(conversation),
        answer -> {
          ((ObjectNode) answer.path("coverage")).putArray("exclusions");
          return answer;
        });
  }

  private static FakeGitHub organisation() {
    FakeGitHub gitHub = new FakeGitHub().organisation("acme");
    for (int index = 0; index < NAMES.size(); index++) {
      gitHub.repository(FakeRepository.of(index + 1, "acme", NAMES.get(index)).asPrivate());
    }
    return gitHub.install(
        7,
        "acme",
        Set.of(),
        "contents=write",
        "pull_requests=write",
        "security_events=write",
        "checks=read");
  }

  private static Map<String, String> variables(FakeGitHub gitHub, GitHost host) {
    Map<String, String> variables = new HashMap<>();
    variables.put("GITHUB_API_URL", gitHub.apiUrl());
    variables.put("GITHUB_SERVER_URL", "http://" + host.address());
    variables.put("GITHUB_APP_ID", FakeGitHub.APP_ID);
    variables.put("GITHUB_APP_PRIVATE_KEY", gitHub.appKey());
    variables.put("REPOFLEET_GIT_HOSTS", host.address());
    return variables;
  }

  private static boolean writes(Map<String, String> permissions, String name) {
    return "write".equals(permissions.get(name));
  }

  /** Who asks, with the same logins as the workers. */
  private record Client(SeparateFleet fleet, Map<String, String> variables) {
    FleetProcess run(String name, String... arguments) {
      FleetProcess process = fleet.start(name, variables, arguments);
      assertThat(process.awaitExit(Waiting.LONG)).as(process.tail()).isZero();
      return process;
    }
  }

  private static void published(FakeGitHub gitHub, GitHost host, Results results) {
    List<Pull> pulls = gitHub.pulls().all();
    assertThat(pulls)
        .extracting(Pull::repository)
        .containsExactlyInAnyOrder("acme/ash", "acme/elm");
    assertThat(gitHub.pulls().uploads()).hasSize(NAMES.size());
    for (JsonNode row : results.rows()) {
      JsonNode review = results.review(row);
      String path = "acme/" + review.at("/repository/name").asText();
      Pull pull =
          pulls.stream().filter(one -> one.repository().equals(path)).findFirst().orElseThrow();
      assertThat(host.git(path, "rev-parse", pull.head() + "^{tree}"))
          .as("what the agent left")
          .isEqualTo(review.path("treeHash").asText());
      assertThat(host.git(path, "diff", "--stat", "main", pull.head())).contains("1 file changed");
      assertThat(pull.title()).startsWith("Changes of the security review");
      assertThat(pull.body()).contains("RepoFleet-Batch: first");
    }
  }

  private void noTokenIsLeft(AttackedFleet attacked) throws IOException {
    assertThat(attacked.fleet().logs(attacked.workers().processes())).doesNotContain("ghs_");
    try (Stream<Path> files = Files.walk(folder.resolve("artifacts"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString().toLowerCase(Locale.ROOT))
            .doesNotContain("ghs_");
      }
    }
  }
}
