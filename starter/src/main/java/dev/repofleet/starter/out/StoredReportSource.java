package dev.repofleet.starter.out;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.logs.ReviewLog;
import dev.repofleet.starter.render.EventConsumer;
import dev.repofleet.starter.report.ReportSource;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the artifact store holds, for reports. What can't be read is told and left out. */
final class StoredReportSource implements ReportSource {
  private final BatchRecords records;
  private final Unread unread;
  private @Nullable RepositoryResult latest;

  StoredReportSource(BatchRecords records, Unread unread) {
    this.records = records;
    this.unread = unread;
  }

  @Override
  public Optional<RepositoryResult> result(BatchRow row) {
    latest = null;
    if (row.status() == RepositoryStatus.QUEUED || row.status() == RepositoryStatus.RUNNING) {
      return Optional.empty(); // What there is comes from an earlier generation.
    }
    try {
      Optional<RepositoryResult> result = records.result(row.key());
      if (result.isEmpty() && (row.status().isGood() || row.files().review() != null)) {
        unread.add(row, "review.json", "it is not there");
      }
      latest = result.orElse(null);
      return result;
    } catch (ArtifactException e) {
      unread.add(row, "review.json", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /**
   * By its result: what lies at the name of a repository's patch may be an earlier generation's.
   */
  @Override
  public Optional<InputStream> patch(BatchRow row) {
    RepositoryResult result = latest;
    ArtifactRef patch =
        result == null || !result.key().equals(row.key()) ? null : result.files().patch();
    try {
      return patch == null ? Optional.empty() : Optional.of(records.store().open(patch.uri()));
    } catch (ArtifactException e) {
      unread.add(row, "changes.patch", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  @Override
  public void events(BatchRow row, EventConsumer events) {
    try {
      new ReviewLog(records, row.key()).ended(events);
    } catch (ArtifactException e) {
      unread.add(row, "events.jsonl", String.valueOf(e.getMessage()));
    }
  }
}
