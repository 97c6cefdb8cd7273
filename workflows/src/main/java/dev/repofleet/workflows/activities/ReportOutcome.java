package dev.repofleet.workflows.activities;

import java.util.Objects;

/** Where a report is. */
public record ReportOutcome(String uri) {
  public ReportOutcome {
    Objects.requireNonNull(uri, "uri");
  }
}
