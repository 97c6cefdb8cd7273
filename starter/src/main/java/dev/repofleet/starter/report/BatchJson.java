package dev.repofleet.starter.report;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.starter.render.PlainText;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code batch.json} on its own; nothing in it acts on a terminal. */
final class BatchJson implements BatchReport {
  private final Writer out;

  BatchJson(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(BatchResult batch) throws IOException {
    out.write(PlainText.inJson(new String(ArtifactJson.pretty(batch), StandardCharsets.UTF_8)));
  }

  @Override
  public void repository(BatchRow row, @Nullable RepositoryResult result) {
    // Its row is in the batch.
  }

  @Override
  public void end(List<RootCause> shared) throws IOException {
    out.flush();
  }
}
