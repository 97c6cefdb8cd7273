package dev.repofleet.workflows.activities.sandbox;

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

  /**
   * A checkpoint that was brought back.
   *
   * @param checkpointUri of its manifest
   * @param turn it is of
   * @param incarnation of the turn that made it
   * @param ended whether the turn had ended in it; else it was cut short
   * @param transcriptBefore bytes the session's transcript had before the turn
   * @param asked tells the turn's prompt from others that a turn of its number may get; absent
   *     where it was not kept
   * @param transcriptLength bytes the session's transcript has now; absent in outcomes of before it
   *     was told
   */
  @Payload
  public record Restored(
      String checkpointUri,
      int turn,
      int incarnation,
      boolean ended,
      long transcriptBefore,
      @Nullable String asked,
      @Nullable Long transcriptLength) {
    public Restored {
      Objects.requireNonNull(checkpointUri, "checkpointUri");
    }

    /**
     * Bytes of the transcript in which a prompt of this turn can't be: where the turn of its number
     * is asked something else than then, all that there are.
     */
    public long transcriptBefore(@Nullable String asking) {
      boolean anothers = asked != null && asking != null && !asked.equals(asking);
      return anothers && transcriptLength != null ? transcriptLength : transcriptBefore;
    }
  }
}
