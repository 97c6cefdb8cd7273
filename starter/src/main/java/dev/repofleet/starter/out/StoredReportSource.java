package dev.repofleet.starter.out;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.logs.ReviewLog;
import dev.repofleet.starter.render.EventConsumer;
import dev.repofleet.starter.report.ReportSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;

/** What the artifact store holds, for reports. What can't be read is said once and left out. */
final class StoredReportSource implements ReportSource {
  private final BatchRecords records;
  private final Consumer<String> talk;

  StoredReportSource(BatchRecords records, Consumer<String> talk) {
    this.records = records;
    this.talk = talk;
  }

  @Override
  public Optional<RepositoryResult> result(BatchRow row) {
    try {
      return records.result(row.key());
    } catch (ArtifactException e) {
      talk.accept(row.target() + ": its result can't be read: " + e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public Optional<InputStream> patch(BatchRow row) throws IOException {
    if (row.files().patch() == null) {
      return Optional.empty(); // What lies at its name is an earlier generation's.
    }
    String uri = ArtifactUri.of(ArtifactPaths.patch(records.batch(), row.key()));
    try {
      return Optional.of(records.store().open(uri));
    } catch (ArtifactNotFoundException e) {
      return Optional.empty();
    } catch (ArtifactException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void events(BatchRow row, EventConsumer events) {
    try {
      new ReviewLog(records, row.key()).ended(events);
    } catch (ArtifactException e) {
      talk.accept(row.target() + ": its events can't be read: " + e.getMessage());
    }
  }
}
