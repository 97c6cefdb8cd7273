package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitTest extends FakeE2bTest {
  private static final String URL = "https://git.example/o/r.git";
  private static final GitCredentials CREDENTIALS =
      GitCredentials.of("git.example", "x-access-token", "hu/sh+hush");

  private Git git;

  @BeforeEach
  void open() {
    git = client.create(SandboxSpec.builder().build()).git();
    says("");
  }

  private void says(String stdout) {
    fake.programs.put("timeout", out -> out.start(5).stdout(stdout).end(0).trailer());
  }

  private void refuses(int code, String stderr) {
    fake.programs.put("timeout", out -> out.start(5).stderr(stderr).end(code).trailer());
  }

  private JsonNode process() throws IOException {
    return FakeEnvd.frame(fake.last("/Start")).path("process");
  }

  private List<String> arguments() throws IOException {
    List<String> arguments = new ArrayList<>();
    process().path("args").forEach(argument -> arguments.add(argument.asText()));
    return arguments;
  }

  @Test
  void aCloneIsOneCommandWithItsLimits() throws IOException {
    GitRepository repository =
        git.withLimit(Duration.ofSeconds(90)).clone(GitClone.of(URL, "/w").branch("b").depth(1));
    assertThat(repository.path()).isEqualTo("/w");
    assertThat(arguments())
        .containsExactly(
            "-k",
            "5",
            "90",
            "git",
            "clone",
            "--quiet",
            "--branch",
            "b",
            "--single-branch",
            "--depth",
            "1",
            "--",
            URL,
            "/w");
    assertThat(process().path("envs").path("GIT_TERMINAL_PROMPT").asText()).isEqualTo("0");
    assertThat(fake.last("/Start").getHeaders().get("Connect-Timeout-Ms")).isEqualTo("120000");
  }

  @Test
  void credentialsAreInTheEnvironmentAloneAndForTheirHostAlone() throws IOException {
    git.clone(GitClone.of(URL, "/w").credentials(CREDENTIALS));
    assertThat(process().path("args").toString()).doesNotContain("hush", "x-access-token");
    assertThat(arguments())
        .contains("credential.helper=", "core.hooksPath=/dev/null")
        .anySatisfy(
            argument -> assertThat(argument).startsWith("credential.https://git.example.helper=!"));
    assertThat(process().path("envs").path("E2B_GIT_USERNAME").asText())
        .isEqualTo("x-access-token");
    assertThat(process().path("envs").path("E2B_GIT_PASSWORD").asText()).isEqualTo("hu/sh+hush");
    assertThat(CREDENTIALS.toString() + GitClone.of(URL, "/w").credentials(CREDENTIALS))
        .doesNotContain("hush");
  }

  @Test
  void whatGitSaysIsToldWithTheSecretsHiddenInAnySpelling() {
    refuses(128, "fatal: Authentication failed for 'https://u:hu%2Fsh%2Bhush@x/' hu/sh+hush\n");
    GitException failure =
        catchThrowableOfType(
            GitException.class, () -> git.clone(GitClone.of(URL, "/w").credentials(CREDENTIALS)));
    assertThat(failure)
        .hasMessageContaining("cannot clone https://git.example/o/r.git in sandbox i")
        .hasMessageContaining("exit code 128: fatal: Authentication failed")
        .hasMessageContaining("u:[hidden]@x/' [hidden]");
    assertThat(failure.reason()).isEqualTo(GitException.Reason.AUTHENTICATION);
    assertThat(failure.exitCode()).isEqualTo(128);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fatal: could not read Username for 'https://x': terminal prompts disabled|AUTHENTICATION",
        "error: The requested URL returned error: 403|AUTHENTICATION",
        "fatal: repository 'https://x/y/' not found|REPOSITORY_NOT_FOUND",
        "fatal: Remote branch nope not found in upstream origin|NO_SUCH_REFERENCE",
        "error: pathspec 'nope' did not match any file(s) known to git|NO_SUCH_REFERENCE",
        "! [rejected] main -> main (fetch first)|CONFLICT",
        "CONFLICT (content): Merge conflict in a|CONFLICT",
        "fatal: unable to access 'https://x/': Could not resolve host: x|UNREACHABLE",
        "On branch main nothing to commit, working tree clean|NOTHING_TO_COMMIT",
        "fatal: not a git repository|OTHER"
      })
  void gitsWordsNameTheReason(String said, GitException.Reason reason) {
    refuses(1, said);
    assertThat(catchThrowableOfType(GitException.class, () -> git.repository("/w").head()).reason())
        .isEqualTo(reason);
  }

  @Test
  void aCommandThatTakesTooLongIsToldAsSuch() {
    refuses(124, "");
    GitException failure =
        catchThrowableOfType(GitException.class, () -> git.repository("/w").status());
    assertThat(failure.reason()).isEqualTo(GitException.Reason.TIMED_OUT);
    assertThat(failure).hasMessageContaining("status of /w").hasMessageContaining("too long");
    assertThatThrownBy(() -> git.withLimit(Duration.ofMillis(10)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theStatusIsReadFieldByField() {
    says(
        String.join(
            "\0",
            "# branch.oid 1234abcd",
            "# branch.head feature/x",
            "# branch.upstream origin/feature/x",
            "# branch.ab +2 -3",
            "# stash 1",
            "1 .M N... 100644 100644 100644 aaa bbb with space ä.txt",
            "1 A. N... 000000 100644 100644 000 bbb new",
            "2 R. N... 100644 100644 100644 aaa bbb R100 to",
            "from name",
            "u UU N... 100644 100644 100644 100644 a b c both",
            "? loose",
            "! ignored",
            ""));
    GitStatus status = git.repository("/w").status();
    assertThat(status)
        .isEqualTo(
            new GitStatus(
                "feature/x",
                "1234abcd",
                "origin/feature/x",
                2,
                3,
                List.of(
                    new GitFileStatus(
                        "with space ä.txt", GitChange.UNCHANGED, GitChange.MODIFIED, null),
                    new GitFileStatus("new", GitChange.ADDED, GitChange.UNCHANGED, null),
                    new GitFileStatus("to", GitChange.RENAMED, GitChange.UNCHANGED, "from name"),
                    new GitFileStatus("both", GitChange.UNMERGED, GitChange.UNMERGED, null),
                    new GitFileStatus("loose", GitChange.UNCHANGED, GitChange.UNTRACKED, null))));
    assertThat(status.files().get(3).isConflict()).isTrue();
    assertThat(status.isClean()).isFalse();
  }

  @Test
  void aStatusOfAFreshOrDetachedTreeHasNoCommitOrBranch() {
    says("# branch.oid (initial)\0# branch.head main\0");
    assertThat(git.repository("/w").status())
        .isEqualTo(new GitStatus("main", null, null, 0, 0, List.of()));
    says("# branch.oid 12\0# branch.head (detached)\0");
    assertThat(git.repository("/w").status().branch()).isNull();
    assertThat(git.repository("/w").status().isClean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 x", "1 A", "2 R. a b\0from", "u UU", "1 ABC N 1 2 3 4 5 path"})
  void aStatusOfAnotherFormatIsAProtocolError(String text) {
    says(text);
    assertThatThrownBy(() -> git.repository("/w").status())
        .isInstanceOf(E2bProtocolException.class);
  }

  @Test
  void branchesAreReadWithTheirUpstreams() {
    says("main\0aa\0*\0origin/main\nfeature/x\0bb\0 \0\n");
    assertThat(git.repository("/w").branches())
        .containsExactly(
            new GitBranch("main", "aa", true, "origin/main"),
            new GitBranch("feature/x", "bb", false, null));
    says("");
    assertThat(git.repository("/w").branches()).isEmpty();
  }

  @Test
  void aPullGivesItsCredentialsToTheFetchAlone() throws IOException {
    git.repository("/w").pull("main", CREDENTIALS);
    assertThat(fake.countOf("/Start")).isEqualTo(2);
    assertThat(process().path("envs").has("E2B_GIT_PASSWORD")).isFalse();
    assertThat(arguments())
        .containsSubsequence("-C", "/w", "merge", "--quiet", "--no-edit", "FETCH_HEAD");
    git.repository("/w").push("main", CREDENTIALS);
    assertThat(arguments())
        .containsSubsequence(
            "core.hooksPath=/dev/null", "-C", "/w", "push", "--", "origin", "main");
    assertThat(process().path("envs").has("E2B_GIT_PASSWORD")).isTrue();
  }

  @Test
  void namesThatGitWouldTakeForOptionsAndUrlsWithSecretsAreRefused() {
    GitRepository repository = git.repository("/w");
    for (String name : List.of("-x", "", "a\nb")) {
      assertThatThrownBy(() -> repository.checkout(name))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> repository.push(name, null))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String url :
        List.of(
            "https://u:hush@x/r", "https://hush@x/r", "--upload-pack=x", "https://hush\"", "")) {
      assertThatThrownBy(() -> GitClone.of(url, "/w"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("hush");
    }
    assertThatThrownBy(() -> GitClone.of(URL, "/w").depth(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(fake.countOf("/Start")).isZero();
  }

  @Test
  void credentialsAreForAHostThatIsSpokenToInSecret() {
    for (String host :
        List.of("http://git.example", "https://git.example/o", "https://u@git.example", "x")) {
      assertThatThrownBy(() -> new GitCredentials(URI.create(host), "u", "p"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(new GitCredentials(URI.create("http://127.0.0.1:80"), "u", "p").scope())
        .isEqualTo("http://127.0.0.1:80");
    for (String password : List.of("", "hush\nhush", "hush\0")) {
      assertThatThrownBy(() -> GitCredentials.of("git.example", "u", password))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("hush");
    }
  }
}
