package dev.repofleet.worker.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.workflows.PlanRef;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanNameTest {
  @TempDir private Path folder;
  private ArtifactStore store;

  @BeforeEach
  void start() {
    store = ArtifactStores.open(folder.resolve("store").toString());
    store.putNamed(ArtifactPaths.plan("b"), ArtifactJson.pretty(plan("Look.").build()));
  }

  private static Plan.Builder plan(String prompt) {
    return Plan.builder("security", prompt);
  }

  private String row(Plan plan) {
    ArtifactRef written = store.put(ArtifactJson.pretty(plan));
    PlanRef ref = new PlanRef(written.uri(), written.sha256(), plan.name());
    return PlanName.ofRow(store, new PlanSource(store), "b", ref);
  }

  @Test
  void a_row_that_asks_something_else_has_another_name() {
    assertThat(row(plan("Look.").build())).isEqualTo("security");
    assertThat(row(plan("Look.").model("another").build())).isEqualTo("security");
    String login = row(plan("Only the login.").build());
    assertThat(login).matches("security-[0-9a-f]{10}");
    assertThat(row(plan("Only the login.").model("another").build())).isEqualTo(login);
    assertThat(row(plan("Only SQL.").build())).isNotEqualTo(login);
    assertThat(row(plan("Look.").instructions("Twice.").build())).isNotEqualTo("security");
  }

  @Test
  void what_is_gone_has_the_name_it_was_given() {
    PlanRef gone = new PlanRef("artifact:objects/none", "0".repeat(64), "security");
    assertThat(PlanName.ofRow(store, new PlanSource(store), "b", gone)).isEqualTo("security");
    assertThat(PlanName.of(store, "b")).isEqualTo("security");
    assertThat(PlanName.of(store, "none")).isEqualTo("code");
  }
}
