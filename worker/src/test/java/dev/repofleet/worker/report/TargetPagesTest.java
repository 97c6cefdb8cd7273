package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetPlan;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.testing.WatchedStore;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.order.ManifestRef;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetPagesTest {
  @TempDir Path folder = Path.of("");

  private ArtifactStore store;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.toString());
  }

  private static TargetRow row(int index, String typed) {
    TargetSpec spec = new TargetParser(path -> false).parse(typed);
    CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
    return TargetRow.git(
        index, TargetKey.of(canonical, spec.ref(), spec.subpath()), spec, canonical);
  }

  private ManifestRef manifest(List<TargetRow> rows) {
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      rows.forEach(writer::add);
      var written = writer.finish();
      return new ManifestRef(written.uri(), written.sha256(), rows.size());
    }
  }

  private ManifestRef manifest(int count) {
    List<TargetRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(row(i, "o/r" + i));
    }
    return manifest(rows);
  }

  private TargetPages pages() {
    return new TargetPages(store, new PlanSource(store));
  }

  private static ApplicationFailure failure(
      TargetPages pages, ManifestRef manifest, int offset, int limit) {
    return catchThrowableOfType(
        ApplicationFailure.class, () -> pages.page(new TargetPageRequest(manifest, offset, limit)));
  }

  @Test
  void a_row_with_a_plan_of_its_own_brings_it_and_its_outline() {
    Plan plan =
        Plan.builder("security", "Look")
            .limits(PlanLimits.of(0.5, 7, null, null, null, null))
            .build();
    ArtifactRef stored = store.put(ArtifactJson.pretty(plan));
    TargetPlan own = new TargetPlan(stored.uri(), stored.sha256(), "security");
    ManifestRef manifest = manifest(List.of(row(0, "o/a"), row(1, "o/b").withPlan(own)));

    List<TargetPage.Row> rows = pages().page(new TargetPageRequest(manifest, 0, 2)).rows();

    assertThat(rows.get(0).plan()).isNull();
    assertThat(rows.get(0).outline()).isNull();
    assertThat(rows.get(1).plan())
        .isEqualTo(new PlanRef(stored.uri(), stored.sha256(), "security"));
    assertThat(rows.get(1).outline()).isEqualTo(PlanSource.outline(plan));
    assertThat(rows.get(1).outlineOr(PlanSource.outline(plan)).budgetUsd()).isEqualTo(0.5);
  }

  @Test
  void a_plan_that_is_gone_fails_its_row_alone() {
    TargetPlan gone = new TargetPlan("artifact:objects/gone", "0".repeat(64), "security");
    ManifestRef manifest = manifest(List.of(row(0, "o/a"), row(1, "o/b").withPlan(gone)));

    List<TargetPage.Row> rows = pages().page(new TargetPageRequest(manifest, 0, 2)).rows();

    assertThat(rows.get(0).target().cause()).isNull();
    assertThat(rows.get(1).target().cause()).isEqualTo(Cause.INTERNAL);
    assertThat(rows.get(1).target().problem()).startsWith("plan security can't be used: ");
    assertThat(rows.get(1).target().url()).isNull();
  }

  @Test
  void a_manifest_that_is_damaged_while_the_batch_runs_names_the_row() throws IOException {
    ManifestRef manifest = manifest(300);
    TargetPages pages = pages();
    assertThat(pages.page(new TargetPageRequest(manifest, 0, 100)).rows()).hasSize(100);
    Path file = folder.resolve("batches/b/manifest.jsonl");
    String whole = Files.readString(file);
    Files.writeString(file, whole.replace("\"key\":\"o-r217-", "\"key\":\"\u0001"));

    assertThat(pages.page(new TargetPageRequest(manifest, 100, 100)).rows()).hasSize(100);
    ApplicationFailure failure = failure(pages, manifest, 200, 100);
    assertThat(failure.getOriginalMessage())
        .startsWith(
            "the manifest of the batch can't be used: artifact:batches/b/manifest.jsonl row 217");
    assertThat(failure.getType()).isEqualTo("manifest_invalid");
    assertThat(failure.isNonRetryable()).isTrue();

    assertThat(failure(pages(), manifest, 0, 100).getOriginalMessage())
        .endsWith("manifest.jsonl is damaged: its SHA-256 differs");
  }

  @Test
  void a_store_that_fails_for_a_moment_is_no_final_failure() {
    ManifestRef manifest = manifest(300);
    AtomicInteger failures = new AtomicInteger(1);
    ArtifactStore shaky = failing(failures);
    TargetPages pages = new TargetPages(shaky, new PlanSource(shaky));
    TargetPageRequest request = new TargetPageRequest(manifest, 100, 100);
    assertThatThrownBy(() -> pages.page(request))
        .isExactlyInstanceOf(ArtifactException.class)
        .hasMessage("the disk is away");
    assertThat(pages.page(request).rows()).hasSize(100);
    failures.set(1);
    assertThatThrownBy(() -> pages.page(request)).isExactlyInstanceOf(ArtifactException.class);
    assertThat(pages.page(request).rows().get(0).index()).isEqualTo(100);
  }

  /** The store, of which so many openings fail. */
  private ArtifactStore failing(AtomicInteger failures) {
    return WatchedStore.of(
        store,
        (method, path) -> {
          if (method.equals("open") && failures.getAndDecrement() > 0) {
            throw new ArtifactException("the disk is away");
          }
        });
  }
}
