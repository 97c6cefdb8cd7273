package dev.repofleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.temporal.common.WorkerDeploymentVersion;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerVersionsTest {

  private static Map<String, String> environment(String deployment, String build) {
    return Map.of("TEMPORAL_DEPLOYMENT_NAME", deployment, "TEMPORAL_WORKER_BUILD_ID", build);
  }

  @Test
  void a_worker_has_no_version_unless_it_is_told_one() {
    assertThat(WorkerVersions.of(Map.of())).isEmpty();
    assertThat(WorkerVersions.of(environment("", " "))).isEmpty();
  }

  @Test
  void a_version_is_a_build_of_a_deployment() {
    assertThat(WorkerVersions.of(environment("ns/repofleet", "0.2.0+a:b")))
        .contains(new WorkerDeploymentVersion("ns/repofleet", "0.2.0+a:b"));
  }

  @Test
  void one_without_the_other_names_both() {
    assertThatThrownBy(() -> WorkerVersions.of(environment("repofleet", "")))
        .hasMessage(
            "TEMPORAL_DEPLOYMENT_NAME is set without TEMPORAL_WORKER_BUILD_ID: a worker has a"
                + " version by both, or none");
    assertThatThrownBy(() -> WorkerVersions.of(environment("", "1")))
        .hasMessageStartingWith("TEMPORAL_WORKER_BUILD_ID is set without TEMPORAL_DEPLOYMENT_NAME");
  }

  @ParameterizedTest
  @ValueSource(strings = {"repo.fleet", "repo:fleet", "__repofleet"})
  void names_that_the_server_would_refuse_at_each_poll_are_refused_at_once(String name) {
    assertThatThrownBy(() -> WorkerVersions.of(environment(name, "1")))
        .hasMessageContaining("TEMPORAL_DEPLOYMENT_NAME is '" + name + "'");
  }
}
