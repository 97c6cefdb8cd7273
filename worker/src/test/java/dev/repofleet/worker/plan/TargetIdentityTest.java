package dev.repofleet.worker.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.order.Target;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TargetIdentityTest {
  private static Target url(String url, String spelled) {
    return new Target(spelled, url, "main", null, null, null, null, null, spelled, null);
  }

  private static Target folder(@Nullable String path) {
    return new Target(
        "./api", null, null, null, "a".repeat(40), "artifact:b", null, null, "api", path);
  }

  @Test
  void a_repository_is_the_same_however_it_is_spelled() {
    Target one = url("https://github.com/Acme/App.git", "github.com/Acme/App");
    Target other = url("https://github.com/acme/app", "github.com/acme/app");
    assertThat(TargetIdentity.repository(one))
        .isEqualTo(TargetIdentity.repository(other))
        .isEqualTo("github.com/acme/app");
    assertThat(TargetIdentity.repository(url("https://git.example/Acme/App", "x")))
        .isEqualTo("git.example/Acme/App");
  }

  @Test
  void two_folders_of_one_name_are_two() {
    assertThat(TargetIdentity.repository(folder("path:1"))).isEqualTo("path:1");
    assertThat(TargetIdentity.repository(folder("path:2"))).isEqualTo("path:2");
    assertThat(TargetIdentity.repository(folder(null)))
        .as("in histories of before")
        .isEqualTo("api");
  }
}
