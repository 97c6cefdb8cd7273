package dev.repofleet.starter.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.FakeBatch;
import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.starter.testing.TestProgram;
import io.grpc.Status;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is there, and does not say how the review stands. */
class LogsWithoutServerTest {
  private final GuardedFront server = GuardedFront.plain(0);

  @TempDir Path folder = Path.of("");
  private TestProgram program = new TestProgram(folder);
  private ArtifactStore store;
  private FakeBatch batch;
  private TargetRow row;

  @BeforeEach
  void beginABatch() {
    String place = folder.resolve("store").toString();
    store = ArtifactStores.open(place);
    batch = new FakeBatch(store, 1);
    row = batch.row(0);
    program =
        new TestProgram(folder)
            .with("REPOFLEET_ARTIFACTS", place)
            .with("TEMPORAL_ADDRESS", server.address());
    server.deny(
        WorkflowServiceGrpc.getDescribeWorkflowExecutionMethod().getFullMethodName(),
        Status.UNAVAILABLE);
  }

  @AfterEach
  void stopTheServer() {
    server.close();
  }

  private static byte[] gzipped(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void whatAReviewThatHasEndedDidIsShownFromTheStore() throws IOException {
    ArtifactRef events =
        store.putNamed(
            ArtifactPaths.events(FakeBatch.ID, row.key()), gzipped("{\"type\":\"told\"}\n"));
    store.putNamed(
        ArtifactPaths.review(FakeBatch.ID, row.key()),
        ArtifactJson.pretty(
            batch.result(
                0,
                RepositoryStatus.PARTIAL,
                "budget_exhausted",
                new ReviewArtifacts(null, null, null, null, events, null))));

    TestProgram.Outcome shown = program.run("logs", FakeBatch.ID, row.key(), "--json");

    assertThat(shown.exit()).as(shown.err()).isZero();
    assertThat(shown.out()).contains("told");
    assertThat(shown.err()).contains("Temporal does not answer");
  }

  @Test
  void ofOneThatMayBeInWorkItIsSaidThatTheServerIsAway() {
    TestProgram.Outcome refused = program.run("logs", FakeBatch.ID, row.key());
    assertThat(refused.exit()).isEqualTo(5);
    assertThat(refused.err()).contains("does not answer (UNAVAILABLE)");
  }
}
