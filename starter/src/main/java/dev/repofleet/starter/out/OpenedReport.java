package dev.repofleet.starter.out;

import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.report.ReportFormat;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This machine's copy of a batch's report, made by {@code open} for the browser. Stateless. */
public final class OpenedReport {
  private OpenedReport() {}

  /** Where it is, or would be. */
  static Path folder(CommandContext context, String batch) {
    return DataFolders.of(context.environment(), context.home())
        .data()
        .resolve("reports")
        .resolve(batch);
  }

  /**
   * Deletes it, if there is one: it has findings with the lines around them.
   *
   * @throws IOException when it can't be deleted
   */
  public static void delete(CommandContext context, String batch) throws IOException {
    Path folder = folder(context, batch);
    Files.deleteIfExists(folder.resolve(ReportFormat.HTML.fileName()));
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      // What else is there is somebody's own.
    }
  }
}
