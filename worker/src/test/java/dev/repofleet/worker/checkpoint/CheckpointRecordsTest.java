package dev.repofleet.worker.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.Checkpoint;
import dev.repofleet.artifacts.result.Checkpoint.StoredFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointRecordsTest {
  private static final String COMMIT = "ab".repeat(20);
  private static final String SESSION = "11111111-2222-4333-8444-555555555555";
  private static final Instant AT = Instant.parse("2026-03-01T10:15:30Z");

  @TempDir private Path folder;
  private ArtifactStore store;
  private CheckpointRecords records;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.toString());
    records = new CheckpointRecords(store, "b", "k", 0);
  }

  private Checkpoint checkpoint(int turn, int incarnation, long offset, boolean ended) {
    return of(0, COMMIT, turn, incarnation, offset, ended);
  }

  private Checkpoint of(
      int generation, String commit, int turn, int incarnation, long offset, boolean ended) {
    String content = generation + "." + turn + "." + incarnation + "." + offset + "." + ended;
    ArtifactRef stored = store.put(content.getBytes(UTF_8));
    return new Checkpoint(
        1,
        generation,
        turn,
        incarnation,
        offset,
        ended,
        SESSION,
        commit,
        "cd".repeat(20),
        0,
        List.of(StoredFile.of(Checkpoint.TRANSCRIPT, stored)),
        AT,
        null);
  }

  private List<Checkpoint> ofTurn(int turn) {
    return records.of(turn).stream().map(CheckpointRecords.Found::checkpoint).toList();
  }

  private Path file(String uri) {
    return folder.resolve(ArtifactUri.path(uri));
  }

  @Test
  void aTurnsEndStandsAboveAllThatWasSavedWhileItRan() {
    Checkpoint first = checkpoint(0, 0, 100, false);
    Checkpoint later = checkpoint(0, 0, 900, false);
    Checkpoint next = checkpoint(0, 1, 50, false);
    Checkpoint end = checkpoint(0, 0, 800, true);
    List.of(end, first, next, later).forEach(records::keep);
    assertThat(ofTurn(0)).containsExactly(end, next, later, first);
  }

  @Test
  void theLastTurnComesFirst() {
    List.of(checkpoint(2, 0, 1, false), checkpoint(10, 0, 1, false), checkpoint(9, 0, 1, true))
        .forEach(records::keep);
    store.putNamed(ArtifactPaths.turnResult("b", "k", 0, 11), new byte[] {'{', '}'});
    assertThat(records.turns()).containsExactly(10, 9, 2);
  }

  @Test
  void anotherGenerationsAndAnotherRepositorysAreNotSeen() {
    records.keep(of(1, COMMIT, 0, 0, 1, false));
    new CheckpointRecords(store, "b", "k2", 0).keep(checkpoint(0, 0, 1, false));
    new CheckpointRecords(store, "b2", "k", 0).keep(checkpoint(0, 0, 1, false));
    assertThat(records.turns()).isEmpty();
    assertThat(records.of(0)).isEmpty();
  }

  @Test
  void theEndReplacesWhatHasItsNameAndIsReplacedByNothingThatCameBefore() {
    Checkpoint running = checkpoint(0, 0, 7, false);
    Checkpoint end = checkpoint(0, 0, 7, true);
    String uri = records.keep(running);
    assertThat(records.keep(end)).isEqualTo(uri);
    assertThat(records.keep(running)).isEqualTo(uri);
    assertThat(ofTurn(0)).containsExactly(end);
  }

  @Test
  void aManifestThatIsCutOrOfAnotherNameIsLeftOut() throws Exception {
    Checkpoint good = checkpoint(0, 0, 1, false);
    records.keep(good);
    Path cut = file(records.keep(checkpoint(0, 0, 2, false)));
    Files.writeString(cut, Files.readString(cut).substring(0, 40));
    Files.writeString(file(records.keep(checkpoint(0, 0, 3, false))), "");
    Files.copy(file(records.keep(good)), cut.resolveSibling("0-99.json"));
    Files.writeString(cut.resolveSibling("notes.json"), "{}");
    assertThat(ofTurn(0)).containsExactly(good);
  }

  @Test
  void oneOfAnotherCommitOrSessionIsIncomplete() {
    Checkpoint checkpoint = checkpoint(0, 0, 1, false);
    assertThat(records.missing(checkpoint, COMMIT, SESSION)).isEmpty();
    assertThat(records.missing(checkpoint, "cd".repeat(20), SESSION).orElseThrow())
        .contains("commit");
    assertThat(records.missing(checkpoint, COMMIT, "another").orElseThrow()).contains("session");
  }

  @Test
  void oneWhoseObjectIsGoneOrCutIsIncomplete() throws Exception {
    Checkpoint checkpoint = checkpoint(0, 0, 1, false);
    Path object = file(checkpoint.transcript().uri());
    Files.writeString(object, "0.0.0.1");
    assertThat(records.missing(checkpoint, COMMIT, SESSION).orElseThrow()).contains("bytes");
    Files.delete(object);
    assertThat(records.missing(checkpoint, COMMIT, SESSION).orElseThrow())
        .contains("not in the store");
  }
}
