package dev.repofleet.starter.report;

import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Writes the reports of a batch. Every result is read once, however many formats are written. */
public final class BatchReports {
  /** {@code batch.json} tells that a folder is whole, and so is another hand's to write. */
  private static final Set<ReportFormat> SET = EnumSet.complementOf(EnumSet.of(ReportFormat.JSON));

  private BatchReports() {}

  /**
   * Writes one format.
   *
   * @param batch with the paths of files relative to the report, or without them
   * @param out is flushed and stays open
   */
  public static void write(ReportFormat format, BatchResult batch, ReportSource source, Writer out)
      throws IOException {
    write(List.of(report(format, source, out)), batch, source);
  }

  /**
   * Writes all formats but {@code batch.json}, in UTF-8.
   *
   * @param folder that is there
   * @param batch with the paths of files relative to the folder
   */
  public static void writeSet(Path folder, BatchResult batch, ReportSource source)
      throws IOException {
    List<Writer> files = new ArrayList<>();
    try {
      List<BatchReport> reports = new ArrayList<>();
      for (ReportFormat format : SET) {
        Writer file =
            Files.newBufferedWriter(folder.resolve(format.fileName()), StandardCharsets.UTF_8);
        files.add(file);
        reports.add(report(format, source, file));
      }
      write(reports, batch, source);
    } finally {
      for (Writer file : files) {
        file.close();
      }
    }
  }

  private static BatchReport report(ReportFormat format, ReportSource source, Writer writer) {
    return switch (format) {
      case HTML -> new HtmlReport(source, writer);
      case MD -> new MarkdownReport(writer);
      case JSON -> new BatchJson(writer);
      case CSV -> new FindingsCsv(writer);
      case JSONL -> new FindingsLines(writer);
      case ROOT_CAUSES -> new RootCausesJson(writer);
    };
  }

  private static void write(List<BatchReport> reports, BatchResult batch, ReportSource source)
      throws IOException {
    try {
      for (BatchReport report : reports) {
        report.begin(batch);
      }
      RootCauses causes = new RootCauses();
      for (BatchRow row : batch.repositories()) {
        RepositoryResult result = source.result(row).orElse(null);
        if (result != null) {
          causes.add(result);
        }
        for (BatchReport report : reports) {
          report.repository(row, result);
        }
      }
      List<RootCause> shared = causes.ranked();
      for (BatchReport report : reports) {
        report.end(shared);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
