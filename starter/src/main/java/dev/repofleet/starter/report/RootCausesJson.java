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

/** {@code root-causes.json}: what several repositories of a batch have in common. */
final class RootCausesJson implements BatchReport {
  private final Writer out;
  private String batch = "";

  RootCausesJson(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(BatchResult result) {
    batch = result.batch();
  }

  @Override
  public void repository(BatchRow row, @Nullable RepositoryResult result) {
    // What it shares with others is known at the end.
  }

  @Override
  public void end(List<RootCause> shared) throws IOException {
    byte[] json = ArtifactJson.pretty(new Shared(1, batch, shared));
    out.write(PlainText.inJson(new String(json, StandardCharsets.UTF_8)));
    out.flush();
  }

  private record Shared(int schemaVersion, String batch, List<RootCause> rootCauses) {}
}
