package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import java.util.List;

/** What was seen of each target, in the manifest's order. */
@Payload
public record BatchEstimateOutcome(List<TargetLook> targets) {
  public BatchEstimateOutcome {
    targets = List.copyOf(targets);
  }
}
