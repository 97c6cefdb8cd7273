package dev.repofleet.worker.forge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakeGitLab;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ForgeLoginsTest {
  private final FakeGitHub gitHub = new FakeGitHub();
  private final FakeGitLab gitLab = new FakeGitLab();
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void serve() {
    gitHub.organisation("acme").user("kim").token("good-token", "kim", "acme");
    gitLab.token("lab-token", "group");
    environment.put("GITHUB_API_URL", gitHub.apiUrl());
    environment.put("GITHUB_SERVER_URL", "https://code.example");
    environment.put("GITLAB_HOST", gitLab.address());
  }

  @AfterEach
  void stop() {
    gitHub.close();
    gitLab.close();
  }

  private List<ForgeLogins.Seen> look() {
    return new ForgeLogins(environment, Clock.systemUTC()).look();
  }

  private ForgeLogins.Seen only() {
    List<ForgeLogins.Seen> seen = look();
    assertThat(seen).hasSize(1);
    return seen.get(0);
  }

  private void setApp() {
    environment.put("GITHUB_APP_ID", FakeGitHub.APP_ID);
    environment.put("GITHUB_APP_PRIVATE_KEY", gitHub.appKey());
  }

  @Test
  void nobodyIsAskedWhereThereIsNoLogin() {
    assertThat(look()).isEmpty();
    assertThat(gitHub.requests()).isEmpty();
    assertThat(gitLab.requests()).isEmpty();
  }

  @Test
  void anAppIsToldWithWhereItIsInstalledAndWhatItMay() {
    setApp();
    gitHub.install(1, "kim", Set.of(), "contents=write").install(2, "acme", Set.of(), "x=read");
    assertThat(only().found())
        .isEqualTo(
            "fleet at code.example, installed at acme, kim; may: contents=write, metadata=read");
    gitHub.suspend(2);
    assertThat(only().found()).contains("installed at kim;");
  }

  @Test
  void aTokenIsToldWithWhatItHasLeft() {
    environment.put("GITHUB_TOKEN", "good-token");
    environment.put("GITLAB_TOKEN", "lab-token");
    assertThat(look()).extracting(ForgeLogins.Seen::problem).containsOnlyNulls();
    assertThat(look().get(0).found()).startsWith("good at code.example: 4999 of 5000 requests");
    assertThat(look().get(1).found()).startsWith("fleet at ");
  }

  @Test
  void oneThatDoesNotAnswerIsNotRefused() {
    environment.put("GITHUB_TOKEN", "good-token");
    gitHub.close();
    assertThat(only().problem()).contains("can't be reached");
    assertThat(only().refused()).isFalse();
  }

  @Test
  void aServerThatCountsNothingIsNoFault() {
    environment.put("GITHUB_TOKEN", "good-token");
    gitHub.fail(path -> new MockResponse.Builder().code(404).build());
    assertThat(only())
        .isEqualTo(new ForgeLogins.Seen("GitHub token", "good at code.example", null, false));
  }

  @Test
  void oneThatIsRefusedIsToldWithoutItsValueAndKeepsNoOtherFromBeingAsked() {
    environment.put("GITHUB_TOKEN", "wrong-token");
    environment.put("GITLAB_TOKEN", "wrong-lab-token");
    setApp();
    List<ForgeLogins.Seen> seen = look();
    assertThat(seen).hasSize(3);
    assertThat(seen.get(0).found()).contains("installed nowhere");
    assertThat(seen.get(1).problem()).contains("GITHUB_TOKEN", "HTTP 401");
    assertThat(seen.get(2).problem()).contains("GITLAB_TOKEN", "HTTP 401");
    assertThat(seen).extracting(ForgeLogins.Seen::refused).containsExactly(false, true, true);
    assertThat(seen.toString()).doesNotContain("wrong-");
  }
}
