package dev.repofleet.artifacts.result;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.result.Checkpoint.StoredFile;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private static final String JSON =
      """
      {
        "schemaVersion": 1,
        "generation": 0,
        "turn": 2,
        "incarnation": 1,
        "offset": 4711,
        "ended": false,
        "sessionId": "f2b0a1de-0000-4000-8000-000000000001",
        "commit": "abababababababababababababababababababab",
        "treeHash": "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
        "transcriptLength": 1200,
        "files": [
          {
            "name": "transcript.jsonl.gz",
            "sha256": "%1$s",
            "size": 10,
            "uri": "artifact:objects/00/%1$s"
          },
          {
            "name": "changes.patch",
            "sha256": "%1$s",
            "size": 10,
            "uri": "artifact:objects/00/%1$s"
          }
        ],
        "at": "2026-03-01T10:15:30Z",
        "asked": "follow_up.0"
      }
      """
          .formatted("0".repeat(64));

  private static Checkpoint checkpoint(List<StoredFile> files) {
    return new Checkpoint(
        1,
        0,
        2,
        1,
        4711,
        false,
        "f2b0a1de-0000-4000-8000-000000000001",
        "ab".repeat(20),
        "cd".repeat(20),
        1200,
        files,
        Instant.parse("2026-03-01T10:15:30Z"),
        "follow_up.0");
  }

  private static StoredFile file(String name) {
    String hash = "0".repeat(64);
    return new StoredFile(name, hash, 10, "artifact:objects/00/" + hash);
  }

  @Test
  void itsJsonIsTheManifestThatScriptsRead() {
    Checkpoint checkpoint =
        checkpoint(List.of(file(Checkpoint.TRANSCRIPT), file(Checkpoint.PATCH)));
    assertThat(new String(ArtifactJson.pretty(checkpoint), UTF_8)).isEqualTo(JSON);
    assertThat(ArtifactJson.read(JSON, Checkpoint.class, "a checkpoint")).isEqualTo(checkpoint);
    assertThat(checkpoint.patch()).isPresent();
  }

  @Test
  void anUnchangedTreeNeedsNoPatch() {
    assertThat(checkpoint(List.of(file(Checkpoint.TRANSCRIPT))).patch()).isEmpty();
  }

  @Test
  void oneWithoutTranscriptIsRefused() {
    assertThatThrownBy(() -> checkpoint(List.of(file(Checkpoint.PATCH))))
        .hasMessage("a checkpoint needs transcript.jsonl.gz");
    assertThatThrownBy(
            () ->
                ArtifactJson.read(
                    JSON.replace("\"schemaVersion\": 1", "\"schemaVersion\": 2"),
                    Checkpoint.class,
                    "a checkpoint"))
        .isInstanceOf(ArtifactCorruptException.class)
        .hasMessageContaining("schemaVersion");
  }
}
