package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.review.PlanOutline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a batch takes along when it continues as new.
 *
 * @param startedAt of the first run, milliseconds since the epoch
 * @param outline of the plan
 * @param dispatched how many targets were started, from the manifest's beginning
 * @param running those of them that have not ended
 * @param tally of those that have
 * @param parked indices of the running ones that wait for a person
 * @param held why no review is started until a person resumes; absent while they are
 */
@Payload
public record BatchCarry(
    long startedAt,
    PlanOutline outline,
    int dispatched,
    List<RunningRepository> running,
    BatchTally tally,
    @Nullable List<Integer> parked,
    @Nullable String held) {
  public BatchCarry {
    running = List.copyOf(running);
    parked = parked == null ? List.of() : List.copyOf(parked);
  }

  /** With nobody and nothing waiting for a person. */
  public BatchCarry(
      long startedAt,
      PlanOutline outline,
      int dispatched,
      List<RunningRepository> running,
      BatchTally tally) {
    this(startedAt, outline, dispatched, running, tally, List.of(), null);
  }
}
