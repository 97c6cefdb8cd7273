package dev.repofleet.starter.report;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.render.PlainText;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code findings.jsonl}: a line of JSON for each finding, with all that {@code review.json} has of
 * it. Invisible characters are escaped, which changes no value.
 */
final class FindingsLines implements BatchReport {
  private final Writer out;
  private String batch = "";

  FindingsLines(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(BatchResult result) {
    batch = result.batch();
  }

  @Override
  public void repository(BatchRow row, @Nullable RepositoryResult result) throws IOException {
    if (result == null) {
      return;
    }
    for (Finding finding : result.findings()) {
      Line line =
          new Line(
              batch,
              row.key(),
              row.target(),
              row.url(),
              row.commit(),
              row.subpath(),
              row.status(),
              finding);
      out.write(PlainText.inJson(ArtifactJson.line(line)));
      out.write('\n');
    }
  }

  @Override
  public void end(List<RootCause> shared) throws IOException {
    out.flush();
  }

  /** One line; absent parts are left out. */
  private record Line(
      String batch,
      String key,
      String target,
      @Nullable String url,
      @Nullable String commit,
      @Nullable String subpath,
      RepositoryStatus status,
      Finding finding) {}
}
