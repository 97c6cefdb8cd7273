package dev.repofleet.starter.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.target.ManifestReader;
import dev.repofleet.artifacts.target.ManifestRef;
import dev.repofleet.artifacts.target.ManifestRows;
import dev.repofleet.starter.testing.TestProgram;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists that would not fit into memory as objects. */
class MillionTargetsTest {
  private static final int COUNT = Integer.getInteger("repofleet.targets", 100_000);

  @TempDir Path folder = Path.of("");

  private final List<String> talk = new ArrayList<>();

  private void list(int count) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(folder.resolve("list.txt"))) {
      for (int i = 0; i < count; i++) {
        out.write("https://github.com/organisation-" + i % 1000 + "/repository-" + i + "\n");
      }
      out.write("Organisation-0/Repository-0\n");
    }
  }

  @Test
  void a_long_list_with_a_duplicate_becomes_its_manifest_and_is_read_by_page() throws IOException {
    list(COUNT);
    ArtifactStore store = ArtifactStores.open(folder.resolve("store").toString());
    TestProgram program = new TestProgram(folder);
    ManifestRef manifest;
    try (WantedTargets targets =
        new TargetReader(program.context(), talk::add).read(List.of(), "list.txt")) {
      assertThat(targets.size()).isEqualTo(COUNT);
      manifest =
          new ManifestBuilder(program.context().environment(), store, talk::add)
              .write("large", Plan.builder("plan", "Look").build(), targets);
    }
    assertThat(talk).hasSize(1).first().asString().startsWith("list.txt:" + (COUNT + 1) + ": ");
    ManifestReader reader = ManifestReader.open(store, manifest);
    assertThat(reader.readPage(COUNT - 1, 100).get(0).name())
        .isEqualTo("repository-" + (COUNT - 1));
    ManifestRows rows = new ManifestRows(List.of(ManifestReader.unchecked(store, manifest.uri())));
    assertThat(rows).hasSize(COUNT);
    assertThat(rows.get(COUNT / 2).name()).isEqualTo("repository-" + COUNT / 2);
  }
}
