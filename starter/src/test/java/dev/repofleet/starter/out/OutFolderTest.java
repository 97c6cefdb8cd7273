package dev.repofleet.starter.out;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.starter.batch.BatchAssembly;
import dev.repofleet.starter.batch.FakeBatch;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.testing.TestProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutFolderTest {
  @TempDir Path folder = Path.of("");

  private final List<String> talk = new ArrayList<>();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] zipped(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes(text));
    }
    return out.toByteArray();
  }

  private ArtifactStore store() {
    return ArtifactStores.open(folder.resolve("store").toString());
  }

  /** Two repositories: one with all its files, one that never started. */
  private BatchResult results(FakeBatch batch) throws IOException {
    ArtifactStore store = store();
    ReviewArtifacts files =
        new ReviewArtifacts(
            null,
            store.put(bytes("diff --git a/x b/x\n")),
            null,
            store.put(zipped("{\"t\":1}\n")),
            store.put(zipped("{\"e\":1}\n")),
            store.put(zipped("a log\n")));
    RepositoryResult result = batch.result(0, RepositoryStatus.COMPLETE, null, files);
    var review =
        store.putNamed(
            ArtifactPaths.review(FakeBatch.ID, result.key()), ArtifactJson.pretty(result));
    return BatchResult.of(
        new BatchResult.Head(
            FakeBatch.ID,
            dev.repofleet.artifacts.result.BatchStatus.FINISHED_WITH_FAILURES,
            null,
            "security",
            null,
            TestProgram.NOW,
            TestProgram.NOW),
        List.of(
            BatchRow.of(result, FakeBatch.written(files, review)),
            BatchAssembly.notStarted(batch.row(1))));
  }

  private Path fill(FakeBatch batch, BatchResult result) throws IOException {
    OutFolder out = OutFolder.check(folder, "deep/out");
    out.fill(result, batch.records(), talk::add);
    return out.folder();
  }

  @Test
  void every_file_is_there_unzipped_and_named_relatively() throws IOException {
    FakeBatch batch = new FakeBatch(store(), 2);
    Path out = fill(batch, results(batch));
    String key = batch.row(0).key();
    assertThat(out.resolve(key).resolve("changes.patch")).hasContent("diff --git a/x b/x\n");
    assertThat(out.resolve(key).resolve("transcript.jsonl")).hasContent("{\"t\":1}\n");
    assertThat(out.resolve(key).resolve("events.jsonl")).hasContent("{\"e\":1}\n");
    assertThat(out.resolve(key).resolve("run.log")).hasContent("a log\n");
    assertThat(out.resolve("report.md")).content().contains("owner/r0", "owner/r1", "not_started");
    BatchResult copied =
        ArtifactJson.read(
            Files.readAllBytes(out.resolve("batch.json")), BatchResult.class, "batch.json");
    assertThat(copied.repositories().get(0).files().patch()).isEqualTo(key + "/changes.patch");
    assertThat(copied.repositories().get(0).files().sarif()).isNull();
    assertThat(copied.repositories().get(1).files().review()).isNull();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
        .as("as in the store: a transcript is not redacted")
        .isEqualTo("rwx------");
    assertThat(talk).isEmpty();
    try (var left = Files.list(folder.resolve("deep"))) {
      assertThat(left).containsExactly(out);
    }
  }

  @Test
  void nothing_is_written_beside_the_folder_and_what_a_killed_process_left_goes()
      throws IOException {
    FakeBatch batch = new FakeBatch(store(), 2);
    Path left = folder.resolve("deep/out/.repofleet-out-123");
    Files.createDirectories(left);
    Files.writeString(left.resolve("report.md"), "half");
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

    Path out = fill(batch, results(batch));

    assertThat(left).doesNotExist();
    try (var names = Files.list(out)) {
      assertThat(names.map(path -> path.getFileName().toString()))
          .contains("batch.json")
          .noneMatch(name -> name.startsWith("."));
    }
  }

  @Test
  void a_file_that_the_store_lost_is_said_and_the_others_are_there() throws IOException {
    FakeBatch batch = new FakeBatch(store(), 2);
    BatchResult result = results(batch);
    BatchRow row = result.repositories().get(0);
    var files = row.files();
    BatchRow broken =
        row.withFiles(
            new dev.repofleet.artifacts.result.ReviewFiles(
                files.review(), "artifact:objects/absent", null, files.transcript(), null, null));
    assertThatThrownBy(() -> fill(batch, result.withRepositories(List.of(broken))))
        .isInstanceOfSatisfying(
            CommandException.class,
            thrown -> assertThat(thrown.exitCode()).isEqualTo(ExitCode.UNREACHABLE))
        .hasMessageContaining("1 file of the results can't be read");
    Path out = folder.resolve("deep/out");
    assertThat(talk).hasSize(1);
    assertThat(talk.get(0)).startsWith("owner/r0: changes.patch can't be read");
    assertThat(out.resolve(row.key()).resolve("transcript.jsonl")).exists();
    assertThat(out.resolve(row.key()).resolve("changes.patch")).doesNotExist();
  }

  @Test
  void a_folder_of_an_earlier_batch_is_used_again_and_foreign_files_stay() throws IOException {
    FakeBatch batch = new FakeBatch(store(), 2);
    BatchResult result = results(batch);
    Path out = fill(batch, result);
    Files.writeString(out.resolve("notes.txt"), "mine");
    Path again = fill(batch, result.withRepositories(List.of(result.repositories().get(1))));
    assertThat(again.resolve("notes.txt")).hasContent("mine");
    assertThat(again.resolve(batch.row(0).key()).resolve("changes.patch")).doesNotExist();
  }

  @Test
  void a_folder_whose_filling_was_cut_off_is_filled_again() throws IOException {
    FakeBatch batch = new FakeBatch(store(), 2);
    BatchResult result = results(batch);
    Path out = fill(batch, result);
    Files.delete(out.resolve("report.md"));
    Path inTheWay = Files.createDirectories(out.resolve("report.md/mine"));
    assertThatThrownBy(() -> fill(batch, result))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("the results can't be written to " + out);
    assertThat(out.resolve("batch.json")).doesNotExist();
    assertThat(out.resolve(batch.row(0).key())).exists();
    try (var left = Files.walk(out)) {
      assertThat(left.filter(path -> path.toString().contains("/.repofleet-out-")))
          .as("no copies pile up")
          .extracting(path -> String.valueOf(path.getFileName()))
          .allMatch(name -> name.startsWith(".repofleet-out-") || name.endsWith(".json"))
          .contains("moving.json", "earlier.json");
    }

    Files.delete(inTheWay);
    Files.delete(out.resolve("report.md"));
    fill(batch, result.withRepositories(List.of(result.repositories().get(1))));

    assertThat(out.resolve("batch.json")).exists();
    assertThat(out.resolve(batch.row(0).key())).as("of the one before").doesNotExist();
  }

  @Test
  void what_was_killed_before_it_moved_anything_makes_no_folder_ours() throws IOException {
    Path out = Files.createDirectories(folder.resolve("deep/out"));
    Path left = Files.createDirectories(out.resolve(".repofleet-out-1"));
    FakeBatch batch = new FakeBatch(store(), 2);
    Files.write(left.resolve("batch.json"), ArtifactJson.pretty(results(batch)));
    Files.writeString(out.resolve("report.md"), "mine");
    assertThatThrownBy(() -> OutFolder.check(folder, "deep/out"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("holds other files");
  }

  @Test
  void a_batch_json_that_names_files_outside_removes_none() throws IOException {
    FakeBatch batch = new FakeBatch(store(), 2);
    BatchResult result = results(batch);
    Path out = fill(batch, result);
    Path precious = Files.writeString(folder.resolve("precious"), "x");
    Path json = out.resolve("batch.json");
    Files.writeString(
        json,
        Files.readString(json).replace(batch.row(0).key() + "/changes.patch", "../../precious"));
    fill(batch, result);
    assertThat(precious).exists();
  }

  @Test
  void a_folder_below_a_file_is_refused() throws IOException {
    Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> OutFolder.check(folder, "file/out"))
        .isInstanceOf(CommandException.class)
        .hasMessage("--out file/out can't be written: name another folder");
  }
}
