package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakeRepository;
import dev.repofleet.worker.forge.GitHubLogin;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class LsRemoteIT {
  @TempDir private Path folder;
  private GitHttpServer server;
  private String commit;

  @BeforeEach
  void serve() throws Exception {
    Path one = TestGit.repository(folder.resolve("one"), Map.of("a.txt", "a\n"));
    TestGit.git(one, "tag", "-a", "v1", "-m", "v1");
    TestGit.git(one, "tag", "both");
    TestGit.git(one, "commit", "-q", "--allow-empty", "-m", "two");
    TestGit.git(one, "branch", "both");
    commit = TestGit.git(one, "rev-parse", "HEAD");
    TestGit.git(folder, "init", "-q", "--bare", "none");
    server = GitHttpServer.serve(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ResolveOutcome resolve(String path, @Nullable String ref, String token) {
    return resolve(path, ref, token, Waiting.LONG);
  }

  private ResolveOutcome resolve(String path, @Nullable String ref, String token, Duration limit) {
    Map<String, String> environment = new HashMap<>();
    environment.put(GitHosts.HOSTS, server.address());
    environment.put(GitHosts.HOSTS_TOKEN, token);
    GitHosts hosts = new GitHosts(environment, GitHubLogin.of(environment, Clock.systemUTC()));
    return new LsRemote(KnownSecrets.of(environment), limit)
        .resolve(hosts.admit("the target", server.url(path)), ref);
  }

  private ApplicationFailure failure(String path, @Nullable String ref, String token) {
    return catchThrowableOfType(ApplicationFailure.class, () -> resolve(path, ref, token));
  }

  @Test
  void theDefaultBranchIsFoundWithItsName() {
    assertThat(resolve("open/one/.git", null, ""))
        .isEqualTo(new ResolveOutcome(commit, "refs/heads/main"));
    assertThat(server.logins).isEmpty();
  }

  @Test
  void anAnnotatedTagStandsForItsCommit() {
    ResolveOutcome found = resolve("open/one/.git", "v1", "");
    assertThat(found.ref()).isEqualTo("refs/tags/v1");
    assertThat(found.commit()).isEqualTo(TestGit.git(folder.resolve("one"), "rev-parse", "v1^{}"));
  }

  @Test
  void ofABranchAndATagWithOneNameTheBranchIsTaken() {
    assertThat(resolve("open/one/.git", "both", "").ref()).isEqualTo("refs/heads/both");
    assertThat(resolve("open/one/.git", "refs/tags/both", "").ref()).isEqualTo("refs/tags/both");
  }

  @Test
  void aFullCommitIsTakenAsItIs() {
    assertThat(resolve("open/one/.git", "ab".repeat(20), ""))
        .isEqualTo(new ResolveOutcome("ab".repeat(20), null));
  }

  @Test
  void theTokenIsSentOnlyWhereItIsAskedFor() {
    assertThat(resolve("closed/one/.git", null, GitHttpServer.TOKEN).commit()).isEqualTo(commit);
    assertThat(server.logins).isNotEmpty();
  }

  @Test
  void anAppsTokenForThisRepositoryAloneOpensIt() {
    try (FakeGitHub api = gitHub()) {
      server.openTo(token -> api.permissionsOf(token).equals(Map.of("contents", "read")));
      Map<String, String> app = app(api);
      GitHosts hosts = new GitHosts(app, GitHubLogin.of(app, Clock.systemUTC()));
      GitRemote remote = hosts.admit("the target", server.url("closed/one"));
      assertThat(new LsRemote(KnownSecrets.of(app)).resolve(remote, null).commit())
          .isEqualTo(commit);
      assertThat(server.logins).isNotEmpty();
    }
  }

  @Test
  void anAppsTokenThatDiedIsAskedForAgain() {
    try (FakeGitHub api = gitHub()) {
      server.openTo(api::isGood);
      Map<String, String> app = app(api);
      GitHosts hosts = new GitHosts(app, GitHubLogin.of(app, Clock.systemUTC()));
      LsRemote lsRemote = new LsRemote(KnownSecrets.of(app));
      GitRemote first = hosts.admit("the target", server.url("closed/one"));
      assertThat(lsRemote.resolve(first, null).commit()).isEqualTo(commit);
      api.advance(Duration.ofHours(1));
      ApplicationFailure failure =
          catchThrowableOfType(
              ApplicationFailure.class,
              () -> lsRemote.resolve(hosts.admit("the target", server.url("closed/one")), null));
      assertThat(failure.getType()).isEqualTo("git_transient");
      assertThat(failure.isNonRetryable()).isFalse();
      GitRemote second = hosts.admit("the target", server.url("closed/one"));
      assertThat(lsRemote.resolve(second, null).commit()).isEqualTo(commit);
    }
  }

  @Test
  void aMintedTokenThatTheHostRefusesIsNotShown() {
    try (FakeGitHub api = gitHub()) {
      server.openTo(token -> false);
      Map<String, String> app = app(api);
      GitHosts hosts = new GitHosts(app, GitHubLogin.of(app, Clock.systemUTC()));
      LsRemote lsRemote = new LsRemote(KnownSecrets.of(app));
      assertThatThrownBy(
              () -> lsRemote.resolve(hosts.admit("the target", server.url("closed/one")), null))
          .hasMessageContaining("another is asked for");
      GitRemote remote = hosts.admit("the target", server.url("closed/one"));
      ApplicationFailure failure =
          catchThrowableOfType(ApplicationFailure.class, () -> lsRemote.resolve(remote, null));
      assertThat(failure.getType()).as("the second in a row").isEqualTo("git_auth");
      assertThat(failure.getOriginalMessage()).contains("the workers' GITHUB_APP_ID");
      assertThat(failure.toString()).doesNotContain("ghs_");
      String token = String.valueOf(remote.login() == null ? null : remote.login().token());
      assertThat(token).startsWith("ghs_");
      assertThat(remote.with(KnownSecrets.of(app)).redact("remote: " + token))
          .isEqualTo("remote: ***");
    }
  }

  private FakeGitHub gitHub() {
    return new FakeGitHub()
        .organisation("closed")
        .repository(FakeRepository.of(1, "closed", "one").asPrivate())
        .install(10, "closed", Set.of(1L), "contents=read");
  }

  private Map<String, String> app(FakeGitHub api) {
    return Map.of(
        GitHosts.HOSTS,
        server.address(),
        "GITHUB_API_URL",
        api.apiUrl(),
        "GITHUB_SERVER_URL",
        "http://" + server.address(),
        "GITHUB_APP_ID",
        FakeGitHub.APP_ID,
        "GITHUB_APP_PRIVATE_KEY",
        api.appKeyAsHandedOut());
  }

  @Test
  void aClosedRepositoryNamesTheVariableToSet() {
    ApplicationFailure failure = failure("closed/one/.git", null, "");
    assertThat(failure.getType()).isEqualTo("git_auth");
    assertThat(failure.isNonRetryable()).isTrue();
    assertThat(failure.getOriginalMessage()).contains("the target").contains("REPOFLEET_GIT_TOKEN");
  }

  @Test
  void aRefusedTokenIsNamedAndNeverShown() {
    ApplicationFailure failure = failure("closed/one/.git", null, "wrong-token-0123456789");
    assertThat(failure.getType()).isEqualTo("git_auth");
    assertThat(failure.getOriginalMessage()).contains("refuses the token in the workers' REPO");
    assertThat(failure.toString()).doesNotContain("wrong-token");
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThat(failure("open/nothing", null, "").getType()).isEqualTo("git_not_found");
    assertThat(failure("gone/one", null, "").getType()).isEqualTo("git_not_found");
    assertThat(failure("open/one/.git", "v9", "").getOriginalMessage()).contains("v9");
  }

  @Test
  void aRedirectIsNotFollowed() {
    ApplicationFailure failure = failure("moved/one/.git", null, "");
    assertThat(failure.getType()).isEqualTo("git_not_found");
    assertThat(failure.getOriginalMessage()).contains("moved");
  }

  @Test
  void anEmptyRepositoryIsSaidToBeEmpty() {
    assertThat(failure("open/none", null, "").getType()).isEqualTo("repository_empty");
  }

  @Test
  void theHostsOwnDelayIsKept() {
    ApplicationFailure failure = failure("limited/one/.git", null, "");
    assertThat(failure.getType()).isEqualTo("git_rate_limited");
    assertThat(failure.isNonRetryable()).isFalse();
    assertThat(failure.getNextRetryDelay()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void aBrokenOrSilentHostIsTriedAgain() {
    assertThat(failure("broken/one/.git", null, "").getType()).isEqualTo("git_transient");
    ApplicationFailure silent =
        catchThrowableOfType(
            ApplicationFailure.class,
            () -> resolve("stuck/one/.git", null, "", Duration.ofSeconds(2)));
    assertThat(silent.getType()).isEqualTo("git_transient");
    assertThat(silent.isNonRetryable()).isFalse();
    assertThat(silent.getOriginalMessage()).contains("did not answer in 2 s");
  }
}
