package dev.repofleet.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.result.RepositoryInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that a forge and Git take. */
class PublicationNamesTest {
  @Test
  void a_target_that_was_typed_for_ssh_is_written_over_https() {
    RepositoryInfo shop =
        new RepositoryInfo(
            "github.com", "acme", "shop", "git@github.com:acme/shop", null, null, null, null);
    assertThat(RepositoryUrl.host(shop)).isEqualTo("github.com");
    assertThat(RepositoryUrl.of(shop, "acme/store")).isEqualTo("https://github.com/acme/store");
  }

  @ParameterizedTest
  @CsvSource({"nightly,nightly", "a..b,a.-.b", "a...b,a.-.-.b", "x.lock,x.lock-", "x.,x.-"})
  void a_branch_has_a_name_that_git_takes(String name, String part) {
    assertThat(ChangesPublication.asRef(name)).isEqualTo(part);
  }
}
