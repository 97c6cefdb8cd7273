package dev.repofleet.workflows.activities.report;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/** What to write: the report of one repository or of a batch, exactly one of them. */
@Payload
public record ReportInput(@Nullable RepositoryReport repository, @Nullable BatchReport batch) {
  public ReportInput {
    if ((repository == null) == (batch == null)) {
      throw new IllegalArgumentException("a report is of one repository or of one batch");
    }
  }

  /** A repository's. */
  public static ReportInput of(RepositoryReport repository) {
    return new ReportInput(repository, null);
  }

  /** A batch's. */
  public static ReportInput of(BatchReport batch) {
    return new ReportInput(null, batch);
  }
}
