package dev.repofleet.starter.report;

import java.util.Locale;

/** The files that say what came of a batch. */
public enum ReportFormat {
  /** One page for a browser, with all that is needed inside. */
  HTML("report.html"),
  /** For reading in a terminal or a forge. */
  MD("report.md"),
  /** The result of the batch itself. */
  JSON("batch.json"),
  /** A row a finding, for a spreadsheet. */
  CSV("findings.csv"),
  /** A line a finding, for a program. */
  JSONL("findings.jsonl"),
  /** What several repositories have in common, for a program. */
  ROOT_CAUSES("root-causes.json");

  private final String fileName;

  ReportFormat(String fileName) {
    this.fileName = fileName;
  }

  /** Its name in the folder of {@code --out}. */
  public String fileName() {
    return fileName;
  }

  /** The word on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
