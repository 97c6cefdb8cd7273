package dev.repofleet.starter.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.starter.command.ConfiguredStore;
import dev.repofleet.starter.target.TargetReader;
import dev.repofleet.starter.target.WantedTargets;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.order.ManifestRef;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduleRecordsTest {
  private static final String NAME = "nightly";
  private static final ScheduleRecords.Owner OWNER = new ScheduleRecords.Owner("id", "default");

  @TempDir Path folder = Path.of("");

  private ArtifactStore store;
  private ScheduleRecords records;

  @BeforeEach
  void open() {
    store = ConfiguredStore.at(folder.toString());
    records = new ScheduleRecords(store, NAME, OWNER);
  }

  private ScheduleRecords.Written written(String creation) {
    store.putNamed(ArtifactPaths.scheduleOwner(NAME), ArtifactJson.pretty(OWNER));
    ArtifactRef plan = put(ArtifactPaths.schedulePlan(NAME, creation));
    ArtifactRef manifest = put(ArtifactPaths.scheduleManifest(NAME, creation));
    return new ScheduleRecords.Written(
        new ManifestRef(manifest.uri(), manifest.sha256(), 1),
        new PlanRef(plan.uri(), plan.sha256(), "security"));
  }

  private ArtifactRef put(String path) {
    return store.putNamed(path, path.getBytes(StandardCharsets.UTF_8));
  }

  private boolean isThere(ScheduleRecords.Written written) {
    return store.exists(written.manifest().uri()) && store.exists(written.plan().uri());
  }

  @Test
  void one_that_was_created_since_keeps_what_it_begins_with() {
    ScheduleRecords.Written deleted = written("a");
    ScheduleRecords.Written since = written("b");
    records.delete(deleted.manifest(), deleted.plan());
    assertThat(store.exists(deleted.manifest().uri())).isFalse();
    assertThat(store.exists(deleted.plan().uri())).isFalse();
    assertThat(isThere(since)).isTrue();
    assertThat(records.areThere()).isTrue();
    records.delete(since.manifest(), since.plan());
    assertThat(store.list(ArtifactPaths.scheduleFolder(NAME))).isEmpty();
  }

  @Test
  void one_that_is_created_while_another_of_its_name_is_deleted_is_known_to_be_this_servers() {
    ScheduleRecords.Written deleted = written("a");
    ArtifactStore beside =
        (ArtifactStore)
            Proxy.newProxyInstance(
                ArtifactStore.class.getClassLoader(),
                new Class<?>[] {ArtifactStore.class},
                (proxy, method, arguments) -> {
                  if (arguments != null && String.valueOf(arguments[0]).endsWith("plan.json")) {
                    records.delete(deleted.manifest(), deleted.plan());
                  }
                  return method.invoke(store, arguments);
                });
    TestProgram program = new TestProgram(folder);
    ScheduleRecords.Written since;
    try (WantedTargets targets =
        new TargetReader(program.context(), line -> {}).read(List.of("owner/name"), null)) {
      since =
          new ScheduleRecords(beside, NAME, OWNER)
              .write(
                  program.context().environment(),
                  line -> {},
                  Plan.builder("security", "Look").build(),
                  targets);
    }
    assertThat(isThere(deleted)).isFalse();
    assertThat(isThere(since)).isTrue();
    assertThat(records.areThere()).isTrue();
  }

  @Test
  void what_is_no_schedules_is_not_deleted_for_being_named_by_one() {
    ScheduleRecords.Written own = written("a");
    ArtifactRef others = put(ArtifactPaths.manifest("batch"));
    records.delete(new ManifestRef(others.uri(), others.sha256(), 1), own.plan());
    assertThat(store.exists(others.uri())).isTrue();
    assertThat(store.exists(ArtifactUri.of(ArtifactPaths.scheduleOwner(NAME)))).isTrue();
  }
}
