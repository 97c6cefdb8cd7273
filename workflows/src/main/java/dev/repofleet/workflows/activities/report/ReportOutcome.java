package dev.repofleet.workflows.activities.report;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/** Where a report is. */
@Payload
public record ReportOutcome(String uri) {
  public ReportOutcome {
    Objects.requireNonNull(uri, "uri");
  }
}
