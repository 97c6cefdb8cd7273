package dev.repofleet.starter.forge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.forge.fake.Answers;
import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakeGitLab;
import dev.repofleet.forge.fake.FakeRepository;
import dev.repofleet.starter.testing.TestProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code review} up to where Temporal, of which there is none, would be asked. */
class ForgeSourceTest {
  private static final String AWAY = "Temporal";

  @TempDir Path folder = Path.of("");
  private final FakeGitHub gitHub = new FakeGitHub();
  private final FakeGitLab gitLab = new FakeGitLab();

  @BeforeEach
  void fill() {
    gitHub
        .organisation("acme")
        .organisation("empty")
        .token("ghp_kim_0123456789", "kim", "acme")
        .repository(FakeRepository.of(1, "acme", "one").in("Go").about("payments", "core"))
        .repository(FakeRepository.of(2, "acme", "two").asArchived())
        .repository(FakeRepository.of(3, "acme", "three").asFork())
        .repository(FakeRepository.of(4, "acme", "four").sized(2048).pushed(TestProgram.NOW))
        .repository(FakeRepository.of(5, "acme", "five").asPrivate());
    gitLab.project(FakeRepository.of(1, "acme/deep", "api")).token("glpat-0123456789", "acme");
  }

  @AfterEach
  void stop() {
    gitHub.close();
    gitLab.close();
  }

  private TestProgram program() {
    return new TestProgram(folder)
        .at(TestProgram.NOW)
        .with("GITHUB_API_URL", gitHub.apiUrl())
        .with("GITLAB_HOST", gitLab.address())
        .with("ANTHROPIC_API_KEY", "k");
  }

  private TestProgram.Outcome review(String... arguments) {
    return review(program(), arguments);
  }

  private static TestProgram.Outcome review(TestProgram program, String... arguments) {
    List<String> all = new ArrayList<>(List.of("review"));
    all.addAll(List.of(arguments));
    return program.run(all.toArray(String[]::new));
  }

  private void said(TestProgram.Outcome outcome, int exit, String... words) {
    assertThat(outcome.err()).contains(words);
    assertThat(outcome.exit()).as(outcome.err()).isEqualTo(exit);
    assertThat(outcome.err()).doesNotContain("ghp_", "internal error");
    if (exit == 2) {
      assertThat(outcome.err()).doesNotContain(AWAY);
    }
  }

  @Test
  void archived_ones_and_forks_are_left_out_and_said() {
    said(
        review("--github", "acme"),
        5,
        "/acme: 2 repositories; left out: 1 archived (--include-archived takes them), 1 forks",
        "public ones alone, without GITHUB_TOKEN or a GitHub App",
        AWAY);
    said(
        review("--github", "acme", "--include-archived", "--include-forks"),
        5,
        "/acme: 4 repositories; public ones alone");
    said(
        review(
            program().with("GITHUB_TOKEN", "ghp_kim_0123456789"),
            "--github",
            "acme",
            "--exclude",
            "/one$"),
        5,
        "/acme: 3 repositories; left out: 1 archived",
        "1 left out by --include and --exclude");
  }

  @Test
  void an_app_that_is_installed_elsewhere_alone_sees_public_ones_and_that_is_said() {
    gitHub.install(10, "empty", Set.of());
    TestProgram app =
        program()
            .with("GITHUB_APP_ID", FakeGitHub.APP_ID)
            .with("GITHUB_APP_PRIVATE_KEY", gitHub.appKey());
    said(
        review(app, "--github", "acme"),
        5,
        "public ones alone, without GITHUB_TOKEN or a GitHub App that is installed there");
    said(
        review(app.with("GITHUB_TOKEN", "ghp_revoked"), "--github", "acme"),
        5,
        "set GITHUB_TOKEN to a valid one");
  }

  @Test
  void filters_say_what_they_leave_out() {
    said(
        review("--github", "acme", "--language", "go", "--topic", "payments", "--topic", "core"),
        5,
        "/acme: 1 repository; left out: 1 archived",
        "1 by --language");
    said(
        review("--github", "acme", "--pushed-since", "30d", "--max-size", "1MiB"),
        2,
        "of the 4 repositories of",
        "/acme none is left to review",
        "1 by --pushed-since, 1 by --max-size");
    said(review("--github", "acme", "--pushed-since", "2024-05-01"), 5, "/acme: 1 repository;");
  }

  @Test
  void the_same_repository_named_and_listed_is_reviewed_once() {
    String one = gitHub.apiUrl().replace("/api/v3", "/acme/one");
    said(review(one, "--github", "acme"), 5, "reviewed once");
  }

  @Test
  void a_query_has_the_last_word_on_archived_ones() {
    said(
        review("--github-query", "org:acme two archived:true"), 5, "the search on", "1 repository");
    said(review("--github-query", "org:acme two"), 2, "none is left to review: 1 archived");
    said(review("--github-query", "nonsense:1"), 2, "HTTP 422");
  }

  @Test
  void a_group_of_gitlab_is_listed() {
    said(review("--gitlab", "acme"), 5, "/acme: 1 repository; public ones alone", AWAY);
    said(review("--gitlab", "nobody"), 2, "/nobody is not there, or seen with a login alone");
    said(
        review(program().with("GITLAB_TOKEN", "glpat-wrong"), "--gitlab", "acme"),
        5,
        "set GITLAB_TOKEN to a valid one");
  }

  @Test
  void what_is_wrong_is_told_before_anything_starts() {
    said(review("--github", "nobody"), 2, "/nobody is not there", "GITHUB_TOKEN");
    said(review("--github", "empty"), 2, "/empty has no repository that is public");
    said(review("--github", "a/b"), 2, "ORG/team/TEAM, not 'a/b'");
    said(review("--github", "acme", "--gitlab", "acme"), 2, "don't go together");
    said(review("o/r", "--topic", "x"), 2, "--topic belongs to --github");
    said(review("--gitlab", "acme", "--language", "Go"), 2, "take --topic");
    said(review("--github", "acme", "--pushed-since", "soon"), 2, "--pushed-since takes a day");
    said(review("--github", "acme", "--max-size", "big"), 2, "--max-size: \"big\" is not a size");
    said(
        review(program().with("GITHUB_TOKEN", "ghp_wrong"), "--github", "acme"),
        5,
        "set GITHUB_TOKEN to a valid one");
    said(
        review(program().with("GITHUB_APP_ID", "1"), "--github", "acme"),
        2,
        "needs both GITHUB_APP_ID and");
  }

  @Test
  void a_limit_of_an_hour_says_until_when_and_starts_nothing() {
    gitHub.exhaust(Duration.ofMinutes(50));
    Instant reset = gitHub.now().plus(Duration.ofMinutes(50));
    said(
        review("--github", "acme"),
        5,
        "limits the rate of requests until " + reset,
        "nothing was started, and GITHUB_TOKEN or a GitHub App that is installed there raises the limit");
  }

  @Test
  void single_sign_on_and_silence_are_told() {
    gitHub.fail(
        path ->
            Answers.json(
                    403, Map.of("message", "Resource protected by organization SAML enforcement."))
                .newBuilder()
                .setHeader("X-GitHub-SSO", "required")
                .build());
    said(
        review(program().with("GITHUB_TOKEN", "ghp_kim_0123456789"), "--github", "acme"),
        5,
        "SAML",
        "single sign-on",
        "the login in GITHUB_TOKEN may not");
    gitHub.close();
    said(review("--github", "acme"), 5, "can't be reached", "nothing was started");
  }

  @Test
  void a_schedule_says_that_it_keeps_the_list_of_today() {
    said(
        program().run("schedule", "create", "nightly", "--github", "acme", "--cron", "@daily"),
        5,
        "repositories that come later are not in it");
  }
}
