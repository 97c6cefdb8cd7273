package dev.repofleet.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LivePieceTest {
  private static final LivePiece PIECE = new LivePiece(2, 1, 3, 41, 12_345_678_901L);

  @Test
  void is_read_from_the_name_it_is_stored_under() {
    String path = ArtifactPaths.live("b", "k", PIECE);
    assertThat(path).isEqualTo("reviews/b/k/live/2.1.3/0000000041-12345678901.jsonl.gz");
    assertThat(LivePiece.named(path)).contains(PIECE);
    assertThat(LivePiece.named(ArtifactUri.of(path))).contains(PIECE);
    assertThat(PIECE.process()).isEqualTo("2.1.3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reviews/b/k/events.jsonl.gz",
        "reviews/b/k/live/2.1/0000000001-0000000002.jsonl.gz",
        "reviews/b/k/live/2.1.3/0000000001.jsonl.gz",
        "reviews/b/k/live/2.1.3/0000000001-0000000002.jsonl",
        "reviews/b/k/live/2.1.9999999999/0000000001-0000000002.jsonl.gz",
        "reviews/b/k/2.1.3/0000000001-0000000002.jsonl.gz"
      })
  void nothing_else_is_one(String path) {
    assertThat(LivePiece.named(path)).isEmpty();
  }
}
