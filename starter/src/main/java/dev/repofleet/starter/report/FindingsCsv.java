package dev.repofleet.starter.report;

import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Location;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.starter.render.PlainText;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code findings.csv}: a row for each finding after RFC 4180, with CRLF and a header, in UTF-8
 * without a byte order mark, which programs would take for a part of the first name.
 *
 * <p>A text on one line each, without invisible characters. One that a spreadsheet would take for a
 * formula gets an apostrophe before it.
 */
final class FindingsCsv implements BatchReport {
  private static final List<String> COLUMNS =
      List.of(
          "batch",
          "target",
          "key",
          "url",
          "commit",
          "subpath",
          "status",
          "finding",
          "severity",
          "confidence",
          "rule",
          "cwe",
          "title",
          "path",
          "startLine",
          "endLine",
          "summary",
          "remediation",
          "verification",
          "fingerprint",
          "state",
          "decided",
          "verificationReason",
          "carriedFrom");

  /** A cell of a spreadsheet holds 32,767 characters. */
  private static final int MAX_TEXT = 8000;

  /** Some programs read the wide forms as well. */
  private static final String FORMULA_BEGINS = "=+-@\t\r＝＋－＠";

  private final Writer out;
  private String batch = "";

  FindingsCsv(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(BatchResult result) throws IOException {
    batch = result.batch();
    row(COLUMNS);
  }

  @Override
  public void repository(BatchRow row, @Nullable RepositoryResult result) throws IOException {
    if (result != null) {
      for (Finding finding : result.findings()) {
        finding(row, finding);
      }
    }
  }

  private void finding(BatchRow row, Finding finding) throws IOException {
    Location place = finding.locations().get(0);
    List<@Nullable String> cells = new ArrayList<>();
    cells.add(batch);
    cells.add(row.target());
    cells.add(row.key());
    cells.add(row.url());
    cells.add(row.commit());
    cells.add(row.subpath());
    cells.add(row.status().word());
    cells.add(finding.id());
    cells.add(finding.severity().level().word());
    cells.add(finding.confidence().level().word());
    cells.add(finding.ruleId());
    cells.add(String.join(" ", finding.cwe()));
    cells.add(finding.title());
    cells.add(PlainText.name(place.path()));
    cells.add(Integer.toString(place.startLine()));
    cells.add(Integer.toString(place.endLine()));
    cells.add(finding.summary());
    cells.add(finding.remediation());
    cells.add(finding.verification().word());
    cells.add(finding.fingerprint());
    cells.add(finding.lifecycle() == null ? null : finding.lifecycle().state().word());
    cells.add(finding.suppression() == null ? null : ReviewWords.decided(finding.suppression()));
    cells.add(finding.verificationReason());
    cells.add(finding.carriedFrom());
    row(cells);
  }

  private void row(List<? extends @Nullable String> cells) throws IOException {
    for (int i = 0; i < cells.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      out.write(cell(cells.get(i)));
    }
    out.write("\r\n");
  }

  /** The text fit for a cell. */
  static String cell(@Nullable String text) {
    String plain = PlainText.of(text, MAX_TEXT);
    if (!plain.isEmpty() && FORMULA_BEGINS.indexOf(plain.charAt(0)) >= 0) {
      plain = "'" + plain;
    }
    boolean quoted = plain.contains("\"") || plain.contains(",") || plain.contains(";");
    return quoted ? '"' + plain.replace("\"", "\"\"") + '"' : plain;
  }

  @Override
  public void end(List<RootCause> shared) throws IOException {
    out.flush();
  }
}
