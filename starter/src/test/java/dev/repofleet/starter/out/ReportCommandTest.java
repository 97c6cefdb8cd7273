package dev.repofleet.starter.out;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.starter.batch.BatchEnd;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.FakeBatch;
import dev.repofleet.starter.testing.SampleReport;
import dev.repofleet.starter.testing.TestProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch that has ended, and no server. */
class ReportCommandTest {
  @TempDir Path folder = Path.of("");

  private TestProgram program = new TestProgram(folder);

  @BeforeEach
  void endABatch() {
    String place = folder.resolve("store").toString();
    program = new TestProgram(folder).with("REPOFLEET_ARTIFACTS", place);
    ArtifactStore store = ArtifactStores.open(place);
    FakeBatch batch = new FakeBatch(store, 2);
    batch.finish(0, RepositoryStatus.COMPLETE, null);
    batch.finish(1, RepositoryStatus.PARTIAL, "agent_timeout");
    batch.end(BatchEnd.COMPLETED);
  }

  @Test
  void without_a_folder_the_report_is_data_on_standard_output() {
    assertThat(program.run("report", FakeBatch.ID).out())
        .startsWith("# Review `some-batch`\n")
        .contains("Rehearsal", "agent_timeout")
        .doesNotContain("](artifact:");
    assertThat(program.run("report", FakeBatch.ID, "--format", "html").out())
        .startsWith("<!DOCTYPE html>\n")
        .endsWith("</html>\n");
    assertThat(program.run("report", FakeBatch.ID, "--format", "csv").out())
        .startsWith("batch,target,");
    TestProgram.Outcome json = program.run("report", FakeBatch.ID, "--format", "json");
    assertThat(ArtifactJson.read(json.out(), BatchResult.class, "out").repositories()).hasSize(2);
    assertThat(json.exit()).isZero();
    assertThat(json.err()).isEmpty();
    assertThat(program.run("report", FakeBatch.ID, "--format", "jsonl").out()).isEmpty();
  }

  @Test
  void what_lies_there_of_an_earlier_generation_is_not_shown_as_this_ones() throws IOException {
    ArtifactStore store = ArtifactStores.open(folder.resolve("store").toString());
    String key = new BatchRecords(store, FakeBatch.ID).targets().get(0).key();
    store.putNamed(
        ArtifactPaths.patch(FakeBatch.ID, key),
        "diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+changed before\n".getBytes(UTF_8));
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    try (OutputStream to = new GZIPOutputStream(events)) {
      to.write((SampleReport.said("said before") + "\n").getBytes(UTF_8));
    }
    store.putNamed(ArtifactPaths.events(FakeBatch.ID, key), events.toByteArray());
    assertThat(program.run("report", FakeBatch.ID, "--format", "html").out())
        .contains("owner/r0")
        .doesNotContain("changed before")
        .doesNotContain("said before");
  }

  @Test
  void one_page_alone_shows_the_changes_too() {
    FakeBatch batch = another(1);
    ArtifactStore store = batch.records().store();
    String key = batch.row(0).key();
    ArtifactRef patch =
        store.putNamed(
            ArtifactPaths.patch(FakeBatch.ID, key),
            "diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+changed now\n".getBytes(UTF_8));
    batch.finish(0, RepositoryStatus.COMPLETE, null);
    batch.end(BatchEnd.COMPLETED);
    RepositoryResult result =
        batch.result(
            0,
            RepositoryStatus.COMPLETE,
            null,
            new ReviewArtifacts(null, patch, null, null, null, null));
    store.putNamed(ArtifactPaths.review(FakeBatch.ID, key), ArtifactJson.pretty(result));

    assertThat(program.run("report", FakeBatch.ID, "--format", "html").out())
        .contains("changed now");
  }

  @Test
  void with_a_folder_all_of_it_is_written() throws IOException {
    TestProgram.Outcome outcome = program.run("report", FakeBatch.ID, "--out", "out");
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    assertThat(outcome.out()).isEmpty();
    assertThat(folder.resolve("out"))
        .isDirectoryContaining("glob:**/report.html")
        .isDirectoryContaining("glob:**/report.md")
        .isDirectoryContaining("glob:**/findings.csv")
        .isDirectoryContaining("glob:**/findings.jsonl")
        .isDirectoryContaining("glob:**/batch.json");
    Files.writeString(folder.resolve("out/findings.csv"), "old");
    assertThat(program.run("report", FakeBatch.ID, "--out", "out").exit()).isZero();
    assertThat(folder.resolve("out/findings.csv")).content().startsWith("batch,");
    assertThat(folder.resolve("out/report.html")).content().contains("/review.json");
  }

  @Test
  void one_format_goes_into_a_folder_beside_what_is_there() throws IOException {
    Files.createDirectories(folder.resolve("mine"));
    Files.writeString(folder.resolve("mine/notes.txt"), "mine");
    TestProgram.Outcome outcome =
        program.run("report", FakeBatch.ID, "--format", "html", "--out", "mine");
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    assertThat(folder.resolve("mine")).isDirectoryContaining("glob:**/report.html");
    assertThat(folder.resolve("mine/notes.txt")).hasContent("mine");
    try (var files = Files.list(folder.resolve("mine"))) {
      assertThat(files).hasSize(2);
    }
    assertThat(program.run("report", FakeBatch.ID, "--out", "mine").err())
        .contains("--out mine holds other files");
    assertThat(
            program.run("report", FakeBatch.ID, "--format", "md", "--out", "mine/notes.txt").exit())
        .isEqualTo(2);
  }

  @Test
  void a_format_that_is_none_is_refused_with_those_there_are() {
    TestProgram.Outcome outcome = program.run("report", FakeBatch.ID, "--format", "pdf");
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("there is no format 'pdf': html, md, json, csv, jsonl, root-causes, sarif");
    assertThat(outcome.out()).isEmpty();
  }

  /** In a store of its own. */
  private FakeBatch another(int repositories) {
    String place = folder.resolve("another").toString();
    program.with("REPOFLEET_ARTIFACTS", place);
    return new FakeBatch(ArtifactStores.open(place), repositories);
  }

  @Test
  void sarif_is_one_file_for_each_repository_and_those_without_are_named() throws IOException {
    FakeBatch batch = another(3);
    batch.finish(0, RepositoryStatus.COMPLETE, null, "{\"version\":\"2.1.0\"}");
    batch.finish(1, RepositoryStatus.COMPLETE, null);
    batch.finish(2, RepositoryStatus.FAILED, "clone_failed");
    batch.end(BatchEnd.COMPLETED);

    TestProgram.Outcome outcome =
        program.run("report", FakeBatch.ID, "--format", "sarif", "--out", "sarif");
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("owner/r1 has no SARIF: its plan has a schema of its own")
        .contains("owner/r2 has no SARIF: it is failed")
        .contains("owner/r0 was not reviewed in full (coverage unknown)")
        .contains("Written: 1 file in ");
    try (var files = Files.list(folder.resolve("sarif"))) {
      assertThat(files)
          .singleElement()
          .satisfies(
              file -> {
                assertThat(file).hasFileName(batch.row(0).key() + ".sarif");
                assertThat(file).hasContent("{\"version\":\"2.1.0\"}");
              });
    }

    TestProgram.Outcome printed = program.run("report", FakeBatch.ID, "--format", "sarif");
    assertThat(printed.exit()).isEqualTo(2);
    assertThat(printed.out()).isEmpty();
    assertThat(printed.err())
        .contains("SARIF is one file for each repository, and batch some-batch has 3")
        .contains("name a folder by --out DIR");
  }

  private void lose(String place, String path) throws IOException {
    Files.delete(folder.resolve(place).resolve(path));
  }

  @Test
  void one_sarif_that_cannot_be_read_is_named_and_the_others_are_written() throws IOException {
    FakeBatch batch = another(2);
    batch.finish(0, RepositoryStatus.COMPLETE, null, "{\"version\":\"2.1.0\"}");
    batch.finish(1, RepositoryStatus.COMPLETE, null, "{\"version\":\"2.1.0\",\"runs\":[]}");
    batch.end(BatchEnd.COMPLETED);
    String lost = batch.records().batchResult().orElseThrow().repositories().get(0).files().sarif();
    lose("another", ArtifactUri.path(Objects.requireNonNull(lost)));

    TestProgram.Outcome outcome =
        program.run("report", FakeBatch.ID, "--format", "sarif", "--out", "sarif");
    assertThat(outcome.exit()).as(outcome.err()).isEqualTo(5);
    assertThat(outcome.err())
        .contains("owner/r0: findings.sarif can't be read: ")
        .contains("1 file of the results can't be read in the artifact store")
        .contains("Written: 1 file in ");
    assertThat(folder.resolve("sarif/" + batch.row(1).key() + ".sarif")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "jsonl", "html", "root-causes", "set"})
  void a_report_that_lacks_a_repositorys_findings_is_no_success(String format) throws IOException {
    ArtifactStore store = ArtifactStores.open(folder.resolve("store").toString());
    BatchRecords records = new BatchRecords(store, FakeBatch.ID);
    lose("store", ArtifactPaths.review(FakeBatch.ID, records.targets().get(0).key()));

    TestProgram.Outcome outcome =
        format.equals("set")
            ? program.run("report", FakeBatch.ID, "--out", "out")
            : program.run("report", FakeBatch.ID, "--format", format);
    assertThat(outcome.exit()).as(outcome.err()).isEqualTo(5);
    assertThat(outcome.err())
        .containsOnlyOnce("owner/r0: review.json can't be read: ")
        .contains("1 file of the results can't be read in the artifact store");
    assertThat(format.equals("set") ? Files.readString(folder.resolve("out/findings.csv")) : "")
        .startsWith(format.equals("set") ? "batch,target," : "");
  }

  @Test
  void the_sarif_of_a_batch_with_one_repository_is_printed() {
    FakeBatch batch = another(1);
    batch.finish(0, RepositoryStatus.COMPLETE, null, "{\"version\":\"2.1.0\"}");
    batch.end(BatchEnd.COMPLETED);
    assertThat(program.run("report", FakeBatch.ID, "--format", "sarif").out())
        .isEqualTo("{\"version\":\"2.1.0\"}");
  }

  @Test
  void open_gives_the_report_and_the_page_of_the_batch_to_the_browser() throws IOException {
    Path browser =
        Files.writeString(
            folder.resolve("browser"),
            "#!/bin/sh\necho \"$1\" >> '" + folder.resolve("seen") + "'\n");
    assertThat(browser.toFile().setExecutable(true)).isTrue();
    program
        .with("BROWSER", "browser")
        .with("PATH", folder + ":" + System.getenv("PATH"))
        .with("REPOFLEET_TEMPORAL_UI", "http://127.0.0.1:1234");
    TestProgram.Outcome outcome = program.run("open", FakeBatch.ID);
    assertThat(outcome.exit()).as(outcome.err()).isZero();
    Path report = folder.resolve("data/reports/" + FakeBatch.ID + "/report.html");
    assertThat(report).content().contains(FakeBatch.ID);
    assertThat(outcome.out().lines())
        .containsExactly(
            report.toUri().toString(),
            "http://127.0.0.1:1234/namespaces/default/workflows/review-batch%2F" + FakeBatch.ID);
    assertThat(folder.resolve("seen")).hasContent(outcome.out());
  }

  @Test
  void without_a_browser_open_prints_the_addresses() {
    TestProgram.Outcome outcome = program.run("open", FakeBatch.ID);
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.out()).startsWith("file:///").containsOnlyOnce("\n");
    assertThat(outcome.err()).contains("Set REPOFLEET_TEMPORAL_UI", "There is no browser here");
  }

  @Test
  void a_malformed_id_is_wrong_use_and_an_unknown_batch_asks_the_server() {
    assertThat(program.run("report", "../x").exit()).isEqualTo(2);
    TestProgram.Outcome outcome = program.run("report", "unknown");
    assertThat(outcome.exit()).isEqualTo(5);
    assertThat(outcome.out()).isEmpty();
  }
}
