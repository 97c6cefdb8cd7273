package dev.repofleet.starter.out;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.Terminal;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.Wording;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The findings of a batch as SARIF: a file for each repository and never one for all, since code
 * scanning takes one for each repository and commit. For one thread.
 */
final class SarifFiles {
  private static final int MAX_NAME = 200;

  private final BatchRecords records;
  private final Terminal terminal;
  private final Unread unread;

  /**
   * For one batch.
   *
   * @param talk gets a line for each file that can't be read
   */
  SarifFiles(BatchRecords records, Terminal terminal, Consumer<String> talk) {
    this.records = records;
    this.terminal = terminal;
    this.unread = new Unread(talk);
  }

  /**
   * Prints the one there is.
   *
   * @throws CommandException with exit code 2 when the batch has several repositories, or its only
   *     one has none
   */
  void print(BatchResult result) throws IOException {
    if (result.repositories().size() != 1) {
      throw CommandException.wrongUse(
          "SARIF is one file for each repository, and batch %s has %d: name a folder by --out DIR"
              .formatted(result.batch(), result.repositories().size()));
    }
    List<BatchRow> rows = withOne(result);
    if (rows.isEmpty()) {
      throw CommandException.wrongUse("batch " + result.batch() + " has no SARIF to print");
    }
    terminal.out().write(PlainText.inJson(text(rows.get(0))));
    terminal.out().flush();
    warn(rows);
  }

  /**
   * Writes each as {@code KEY.sarif}.
   *
   * @throws CommandException with exit code 5 when one can't be read, after all others were written
   */
  void write(BatchResult result, Path folder) throws IOException {
    List<BatchRow> rows = new ArrayList<>();
    for (BatchRow row : withOne(result)) {
      Optional<String> text = textIfReadable(row);
      if (text.isPresent()) {
        FolderFile.write(folder, row.key() + ".sarif", to -> to.write(text.get()));
        rows.add(row);
      }
    }
    terminal.say("Written: " + Wording.count(rows.size(), "file", "files") + " in " + folder);
    warn(rows);
    unread.requireNone();
  }

  private Optional<String> textIfReadable(BatchRow row) {
    try {
      return Optional.of(text(row));
    } catch (ArtifactException | IOException e) {
      unread.add(row, "findings.sarif", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Names the others. */
  private List<BatchRow> withOne(BatchResult result) {
    for (BatchRow row : result.repositories()) {
      if (row.files().sarif() == null) {
        terminal.say(
            "%s has no SARIF: %s"
                .formatted(
                    name(row),
                    row.status().isGood()
                        ? "its plan has a schema of its own"
                        : "it is " + row.status().word().replace('_', ' ')));
      }
    }
    return result.repositories().stream().filter(row -> row.files().sarif() != null).toList();
  }

  /** Code scanning closes every alert that an upload lacks. */
  private void warn(List<BatchRow> rows) {
    for (BatchRow row : rows) {
      if (row.coverage().status() != CoverageStatus.COMPLETE) {
        terminal.say(
            "%s was not reviewed in full (coverage %s): code scanning would close the alerts that"
                    .formatted(name(row), row.coverage().status().word())
                + " an upload of its SARIF lacks");
      }
    }
  }

  private String text(BatchRow row) throws IOException {
    try (InputStream in = records.store().open(Objects.requireNonNull(row.files().sarif()))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String name(BatchRow row) {
    return PlainText.of(row.target(), MAX_NAME);
  }
}
