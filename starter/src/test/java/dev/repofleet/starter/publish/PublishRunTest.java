package dev.repofleet.starter.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.BatchFiles;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.starter.testing.TestProgram;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishRunTest {
  @TempDir Path folder = Path.of("");

  @Test
  void nothingIsPublishedOfABatchThatIsBeingDeleted() {
    String place = folder.resolve("store").toString();
    ArtifactStore store = ArtifactStores.open(place);
    TargetSpec spec = new TargetParser(path -> false).parse("owner/name");
    CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      writer.add(TargetRow.git(0, TargetKey.of(canonical, null, null), spec, canonical));
      writer.finish();
    }
    new BatchFiles(store, "b").mark(Instant.now());
    try (GuardedFront server = GuardedFront.plain(0)) {
      server.deny(
          "temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution",
          Status.FAILED_PRECONDITION.withDescription("a workflow was to be started"));
      TestProgram.Outcome refused =
          new TestProgram(folder)
              .with("REPOFLEET_ARTIFACTS", place)
              .with("TEMPORAL_ADDRESS", server.address())
              .run("publish", "b", "--pull-request");
      assertThat(refused.exit()).as(refused.err()).isEqualTo(2);
      assertThat(refused.err())
          .contains("batch b is being deleted: `repofleet delete b` ends that");
    }
  }
}
