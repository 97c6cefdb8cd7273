package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.worker.forge.GitHubLogin;
import io.temporal.failure.ApplicationFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitHostsTest {
  private static GitHosts hosts(Map<String, String> environment, String... addresses) {
    return new GitHosts(
        environment,
        GitHubLogin.of(environment, Clock.systemUTC()),
        host -> {
          if (addresses.length == 0) {
            throw new UnknownHostException(host);
          }
          InetAddress[] all = new InetAddress[addresses.length];
          for (int i = 0; i < all.length; i++) {
            all[i] = InetAddress.getByName(addresses[i]);
          }
          return all;
        });
  }

  private static ApplicationFailure refusal(GitHosts hosts, String url) {
    return catchThrowableOfType(ApplicationFailure.class, () -> hosts.admit("t", url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::"
      })
  void addressesThatAreNotPublicAreRefused(String address) {
    ApplicationFailure refusal = refusal(hosts(Map.of(), address), "https://host.example/o/r");
    assertThat(refusal.getType()).isEqualTo("git_not_found");
    assertThat(refusal.isNonRetryable()).isTrue();
    assertThat(refusal.getOriginalMessage())
        .contains("REPOFLEET_GIT_HOSTS")
        .contains("host.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0177.0.0.1", "012.0.0.1", "192.0250.1.1", "127.1", "8.8.8.8."})
  void anAddressThatCanBeReadInTwoWaysIsRefused(String literal) {
    GitHosts hosts = new GitHosts(Map.of(), GitHubLogin.of(Map.of(), Clock.systemUTC()));
    assertThat(refusal(hosts, "https://" + literal + "/o/r").getType()).isEqualTo("git_not_found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"140.82.121.4", "172.32.0.1", "2606:50c0::1", "64:ff9b::8c52:7904"})
  void publicAddressesArePinned(String address) throws Exception {
    GitRemote remote = hosts(Map.of(), address).admit("t", "https://Host.Example/o/r");
    String shown = InetAddress.getByName(address).getHostAddress();
    assertThat(remote.pinned())
        .isEqualTo("host.example:443:" + (shown.contains(":") ? "[" + shown + "]" : shown));
    assertThat(remote.protocols()).isEqualTo("https");
  }

  @Test
  void onePrivateAddressAmongPublicOnesRefusesTheHost() {
    assertThat(refusal(hosts(Map.of(), "140.82.121.4", "10.0.0.1"), "https://h/o/r")).isNotNull();
  }

  @Test
  void listedHostsMayBePrivateAndPlain() {
    GitHosts hosts = hosts(Map.of("REPOFLEET_GIT_HOSTS", "Forge.corp , local:8080"), "10.0.0.1");
    assertThat(hosts.admit("t", "https://forge.corp/o/r").host()).isEqualTo("forge.corp");
    assertThat(hosts.admit("t", "http://local:8080/o/r").protocols()).contains("http:");
    assertThat(refusal(hosts, "http://forge.corp/o/r").getOriginalMessage()).contains("plain http");
    assertThat(refusal(hosts, "https://local:9090/o/r")).isNotNull();
  }

  @Test
  void theTokenGoesToItsOwnHostOnly() {
    Map<String, String> environment =
        Map.of(
            "GITHUB_TOKEN",
            "hub-token-123",
            "GITLAB_TOKEN",
            "lab-token-123",
            "REPOFLEET_GIT_TOKEN",
            "own-token-123",
            "REPOFLEET_GIT_HOSTS",
            "forge.corp:443");
    GitHosts hosts = hosts(environment, "140.82.121.4");
    assertThat(hosts.admit("t", "https://github.com/o/r").login())
        .isEqualTo(new GitLogin("GITHUB_TOKEN", "x-access-token", "hub-token-123"));
    assertThat(hosts.admit("t", "https://gitlab.com/o/r").login())
        .isEqualTo(new GitLogin("GITLAB_TOKEN", "oauth2", "lab-token-123"));
    assertThat(hosts.admit("t", "https://forge.corp/o/r").login())
        .isEqualTo(new GitLogin("REPOFLEET_GIT_TOKEN", "x-access-token", "own-token-123"));
    assertThat(hosts.admit("t", "https://other.example/o/r").login()).isNull();
    assertThat(hosts.admit("t", "https://github.com/o/r").toString()).doesNotContain("hub-token");
  }

  @Test
  void aCompanysGitHubGetsTheTokenInPlaceOfTheOneOfAll() {
    GitHosts hosts =
        hosts(
            Map.of(
                "GITHUB_API_URL",
                "https://git.corp.example/api/v3",
                "GITHUB_TOKEN",
                "hub-token-123"),
            "140.82.121.4");
    assertThat(hosts.admit("t", "https://git.corp.example/o/r").login())
        .isEqualTo(new GitLogin("GITHUB_TOKEN", "x-access-token", "hub-token-123"));
    assertThat(hosts.admit("t", "git@git.corp.example:o/r").url())
        .isEqualTo("https://git.corp.example/o/r");
    assertThat(hosts.admit("t", "https://github.com/o/r").login()).isNull();
  }

  @Test
  void aCompanysGitLabGetsTheTokenInPlaceOfTheOneOfAll() {
    GitHosts hosts =
        hosts(
            Map.of("GITLAB_HOST", "lab.corp.example", "GITLAB_TOKEN", "lab-token-123"),
            "140.82.121.4");
    assertThat(hosts.admit("t", "https://lab.corp.example/g/sub/r").login())
        .isEqualTo(new GitLogin("GITLAB_TOKEN", "oauth2", "lab-token-123"));
    assertThat(hosts.admit("t", "https://gitlab.com/g/r").login()).isNull();
  }

  @Test
  void gitHubsLimitIsWaitedForByTheActivityAndNotByItsThread() {
    try (FakeGitHub api = new FakeGitHub().organisation("acme")) {
      api.slowDown(40);
      GitHosts hosts =
          hosts(
              Map.of(
                  "GITHUB_API_URL",
                  api.apiUrl(),
                  "GITHUB_SERVER_URL",
                  "https://github.com",
                  "GITHUB_APP_ID",
                  FakeGitHub.APP_ID,
                  "GITHUB_APP_PRIVATE_KEY",
                  api.appKey()),
              "140.82.121.4");
      ApplicationFailure refusal = refusal(hosts, "https://github.com/acme/one");
      assertThat(refusal.getType()).isEqualTo("git_rate_limited");
      assertThat(refusal.isNonRetryable()).isFalse();
      assertThat(refusal.getNextRetryDelay())
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(40));
      assertThat(api.requests()).hasSize(1);
    }
  }

  @Test
  void sshIsAskedOverHttpsWhereBothAreTheSameAndRefusedElsewhere() {
    GitHosts hosts = hosts(Map.of(), "140.82.121.4");
    assertThat(hosts.admit("t", "git@github.com:o/r.git").url())
        .isEqualTo("https://github.com/o/r.git");
    assertThat(hosts.admit("t", "ssh://git@github.com/o/r").url())
        .isEqualTo("https://github.com/o/r");
    ApplicationFailure refusal = refusal(hosts, "git@forge.corp:o/r");
    assertThat(refusal.getType()).isEqualTo("git_auth");
    assertThat(refusal.getOriginalMessage()).contains("https URL");
  }

  @Test
  void aHostWithoutAnAddressIsTriedAgain() {
    assertThat(refusal(hosts(Map.of()), "https://nowhere.example/o/r").getType())
        .isEqualTo("git_transient");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:word@host/o/r",
        "file:///etc",
        "ext::sh",
        "https:///o",
        "https://github.com/o/../victim/r.git",
        "https://github.com/o/%2E%2e/victim/r.git",
        "https://github.com/./o/r"
      })
  void otherUrlsAreRefused(String url) {
    assertThat(refusal(hosts(Map.of(), "140.82.121.4"), url).getOriginalMessage())
        .doesNotContain("word");
  }
}
