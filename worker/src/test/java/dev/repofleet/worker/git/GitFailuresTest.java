package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.secrets.KnownSecrets;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitFailuresTest {
  private static final GitRemote REMOTE =
      new GitRemote(
          "o/r", "https://github.com/o/r", "github.com", "https", null, "GITHUB_TOKEN", null);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fatal: could not read Username for 'https://h': terminal prompts disabled | git_auth",
        "fatal: Authentication failed for 'https://h/o/r/' | git_auth",
        "fatal: unable to access 'https://h/': The requested URL returned error: 403 | git_auth",
        "remote: Repository not found.#fatal: repository 'https://h/o/' not found | git_not_found",
        "fatal: unable to access 'https://h/': The requested URL returned error: 302 | git_not_found",
        "error: Server does not allow request for unadvertised object ab | git_not_found",
        "fatal: couldn't find remote ref refs/heads/x | git_not_found",
        "error: no such remote ref refs/heads/x | git_not_found",
        "[e3] Object does not exist: [404] gone#error: failed to fetch some objects | git_not_found",
        "batch response: Rate limit exceeded: /x#error: failed to fetch some | git_rate_limited",
        "fatal: unable to access 'h': The requested URL returned error: 429 | git_rate_limited",
        "fatal: unable to access 'h': Could not resolve host: h | git_transient",
        "fatal: unable to access 'https://h/redirect-x/': The requested URL returned error: 503 | git_transient",
        "fatal: unable to update url base from redirection:#asked for: https://h/o/r | git_not_found",
        "error: RPC failed; curl 56 GnuTLS recv error#fatal: early EOF | git_transient",
        "error: object 12: badName: x#fatal: fsck error in packed object | internal"
      })
  void gitsWordsHaveACause(String stderr, String cause) {
    ApplicationFailure failure =
        GitFailures.of(REMOTE, stderr.replace('#', '\n'), null, KnownSecrets.of(Map.of()));
    assertThat(failure.getType()).isEqualTo(cause);
    assertThat(failure.getOriginalMessage()).startsWith("o/r");
  }

  @Test
  void theCloneScriptKnowsTheSameSentences() {
    assertThat(ShippedScript.CLONE.command(Duration.ofSeconds(1), List.of()).build().argv())
        .anyMatch(text -> text.contains('"' + GitFailures.NO_SUCH_OBJECT + '"'));
  }

  @Test
  void aHiddenRepositoryNamesTheTokenToSet() {
    ApplicationFailure failure =
        GitFailures.of(REMOTE, "terminal prompts disabled", null, KnownSecrets.of(Map.of()));
    assertThat(failure.getOriginalMessage()).contains("set GITHUB_TOKEN on the workers");
  }

  @Test
  void whatTheHostWroteIsOneBoundedLineWithoutSecrets() {
    KnownSecrets secrets = KnownSecrets.of(Map.of("GITHUB_TOKEN", "hub-token-123"));
    String quoted =
        GitFailures.quoted("first\nremote: \u001b[31mhub-token-123" + "x".repeat(900), secrets);
    assertThat(quoted)
        .hasSizeLessThanOrEqualTo(200)
        .doesNotContain("hub-token")
        .doesNotContain("\u001b");
  }

  @Test
  void delaysAreReadInBothFormsAndBounded() {
    Instant now = Instant.parse("2024-01-01T00:00:00Z");
    assertThat(GitFailures.delay("30", now)).isEqualTo(Duration.ofSeconds(30));
    assertThat(GitFailures.delay("Mon, 01 Jan 2024 00:01:00 GMT", now))
        .isEqualTo(Duration.ofSeconds(60));
    assertThat(GitFailures.delay("0", now)).isEqualTo(Duration.ofSeconds(1));
    assertThat(GitFailures.delay("999999", now)).isEqualTo(Duration.ofMinutes(15));
    assertThat(GitFailures.delay("soon", now)).isNull();
  }
}
