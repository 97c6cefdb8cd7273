package dev.repofleet.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox that is cloned and prepared, for each test of its own. */
@Timeout(1800)
abstract class PreparedSandbox {
  @TempDir Path folder;
  CheckpointFixture fleet;
  Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    fleet = new CheckpointFixture(folder, CheckpointFixture.repository(folder), System.getenv());
    sandbox = fleet.cloned();
    assertThat(fleet.prepare(sandbox).restored()).isNull();
  }

  @AfterEach
  void close() {
    if (fleet != null) {
      fleet.close();
    }
  }

  static void noBeat() {}
}
