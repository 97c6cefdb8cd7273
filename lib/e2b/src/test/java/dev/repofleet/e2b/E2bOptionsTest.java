package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class E2bOptionsTest {
  @Test
  void defaultsAreThoseOfTheOfficialSdks() {
    E2bOptions options = E2bOptions.fromEnvironment(Map.of("E2B_API_KEY", "e2b_1"));
    assertThat(options.apiKey()).isEqualTo("e2b_1");
    assertThat(options.domain()).isEqualTo("e2b.app");
    assertThat(options.apiUrl()).isEqualTo(URI.create("https://api.e2b.app"));
    assertThat(options.sandboxUrl()).isEmpty();
    assertThat(options.requestTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(options.keepaliveInterval()).isEqualTo(Duration.ofSeconds(20));
    assertThat(options.streamSilence()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void everyVariableIsRead() {
    E2bOptions options =
        E2bOptions.fromEnvironment(
            Map.of(
                "E2B_API_KEY", "k",
                "E2B_API_URL", "http://127.0.0.1:3000",
                "E2B_SANDBOX_URL", "http://127.0.0.1:3001/base",
                "E2B_DOMAIN", "example.org"));
    assertThat(options.apiUrl()).isEqualTo(URI.create("http://127.0.0.1:3000"));
    assertThat(options.sandboxUrl()).contains(URI.create("http://127.0.0.1:3001/base"));
    assertThat(options.domain()).isEqualTo("example.org");
  }

  @Test
  void theApiFollowsTheDomain() {
    E2bOptions options =
        E2bOptions.fromEnvironment(Map.of("E2B_API_KEY", "k", "E2B_DOMAIN", "example.org"));
    assertThat(options.apiUrl()).isEqualTo(URI.create("https://api.example.org"));
  }

  @Test
  void blanksAroundAValueAreDropped() {
    E2bOptions options =
        E2bOptions.fromEnvironment(Map.of("E2B_API_KEY", "k\n", "E2B_DOMAIN", " example.org "));
    assertThat(options.domain()).isEqualTo("example.org");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  "})
  void aBlankVariableCountsAsMissing(String key) {
    assertThatThrownBy(() -> E2bOptions.fromEnvironment(Map.of("E2B_API_KEY", key)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("set E2B_API_KEY");
  }

  @ParameterizedTest
  @ValueSource(strings = {"e2b_abc\n", "e2b abc", "schlüssel_e2b", "e2b_abc\u0000"})
  void aKeyThatCannotBeAHeaderIsRefusedWithoutShowingIt(String key) {
    assertThatThrownBy(() -> E2bOptions.builder().apiKey(key).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("E2B_API_KEY")
        .hasMessageNotContaining("e2b_abc")
        .hasMessageNotContaining("schl");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://x", "not a url", "http://", "http://user:pw@host", "http://h?key=x", "x"})
  void anAddressThatIsNoWebAddressIsRefused(String url) {
    assertThatThrownBy(
            () -> E2bOptions.fromEnvironment(Map.of("E2B_API_KEY", "k", "E2B_SANDBOX_URL", url)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("E2B_SANDBOX_URL")
        .hasMessageNotContaining("pw");
  }

  @Test
  void aDomainThatIsNoneIsRefused() {
    assertThatThrownBy(() -> E2bOptions.builder().apiKey("k").domain("e2b.app/x").build())
        .hasMessageContaining("E2B_DOMAIN");
  }

  @Test
  void aSilenceThatKeepalivesCannotBreakIsRefused() {
    assertThatThrownBy(
            () -> E2bOptions.builder().apiKey("k").streamSilence(Duration.ofSeconds(20)).build())
        .hasMessageContaining("longer than keepaliveInterval");
  }

  @Test
  void theKeyIsNeverShown() {
    assertThat(E2bOptions.builder().apiKey("e2b_secret").build().toString())
        .doesNotContain("e2b_secret")
        .contains("apiUrl=https://api.e2b.app");
  }
}
