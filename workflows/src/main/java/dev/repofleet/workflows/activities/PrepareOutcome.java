package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What will run in the sandbox.
 *
 * @param agentVersion as the agent tells it
 * @param restored the checkpoint that the sandbox now holds; absent when there was none to restore
 */
@Payload
public record PrepareOutcome(String agentVersion, @Nullable Restored restored) {
  public PrepareOutcome {
    Objects.requireNonNull(agentVersion, "agentVersion");
  }

  /** Of a sandbox in which nothing was restored. */
  public PrepareOutcome(String agentVersion) {
    this(agentVersion, null);
  }

  /**
   * A checkpoint that was brought back.
   *
   * @param checkpointUri of its manifest
   * @param turn it is of
   * @param incarnation of the turn that made it
   * @param ended whether the turn had ended in it; else it was cut short
   * @param transcriptBefore bytes the session's transcript had before the turn
   */
  @Payload
  public record Restored(
      String checkpointUri, int turn, int incarnation, boolean ended, long transcriptBefore) {
    public Restored {
      Objects.requireNonNull(checkpointUri, "checkpointUri");
    }
  }
}
