package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakeRepository;
import dev.repofleet.forge.fake.GitHost;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.Waiting;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An organisation that a GitHub App is installed at, from its name to the results. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ForgeSourceIT {
  @TempDir Path folder = Path.of("");

  @Test
  void an_organisation_is_listed_and_reviewed_with_an_apps_tokens() {
    Prerequisites.requireSandboxes();
    try (GitHost host = new GitHost(folder.resolve("forge"));
        FakeGitHub api = organisation();
        FleetProcesses processes = new FleetProcesses("ForgeSourceIT")) {
      for (String name : List.of("one", "two")) {
        GitRepository repository =
            GitRepository.init(folder.resolve(name)).write("app.py", "print('" + name + "')\n");
        repository.commit("one");
        host.add(repository.path(), "acme/" + name);
      }
      FleetProcess review =
          processes.start(
              "review",
              folder,
              Map.of(
                  "REPOFLEET_DATA", folder.resolve("data").toString(),
                  "REPOFLEET_GIT_HOSTS", host.address(),
                  "GITHUB_API_URL", api.apiUrl(),
                  "GITHUB_SERVER_URL", "http://" + host.address(),
                  "GITHUB_APP_ID", FakeGitHub.APP_ID,
                  "GITHUB_APP_PRIVATE_KEY", api.appKeyAsHandedOut()),
              "review",
              "--local",
              "--agent",
              "rehearsal",
              "--github",
              "acme",
              "--out",
              "out");
      assertThat(review.awaitExit(Waiting.LONG)).as(review.tail()).isZero();
      assertThat(review.err())
          .contains("/acme: 2 repositories; left out: 1 archived")
          .doesNotContain("ghs_", "PRIVATE KEY");
      assertThat(new Results(folder.resolve("out")).rows())
          .extracting(row -> row.path("url").asText())
          .containsExactly(host.url("acme/one"), host.url("acme/two"));
      assertThat(api.requests().stream().filter(line -> line.endsWith("/access_tokens")))
          .as("one to list, one for each repository")
          .hasSize(3);
    }
  }

  private static FakeGitHub organisation() {
    return new FakeGitHub()
        .organisation("acme")
        .repository(FakeRepository.of(1, "acme", "two").asPrivate())
        .repository(FakeRepository.of(2, "acme", "one"))
        .repository(FakeRepository.of(3, "acme", "old").asPrivate().asArchived())
        .install(10, "acme", Set.of(), "contents=read");
  }
}
