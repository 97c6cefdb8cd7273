package dev.repofleet.workflows.progress;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.PlanOutline;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch takes along when it continues as new, or when a person has it go on after its end.
 *
 * @param startedAt of the first run, milliseconds since the epoch
 * @param outline of the plan
 * @param dispatched how many targets were started, from the manifest's beginning
 * @param running those of them that have not ended
 * @param tally of those that have
 * @param parked indices of the running ones that wait for a person
 * @param held why no review is started until a person resumes; absent while they are
 * @param paused whether a person has paused it; absent: no
 * @param turns when it was last paused or resumed, milliseconds since the epoch; absent: never
 * @param added manifests of the targets that were added, in order; absent: none
 * @param again targets that have ended and wait to be reviewed once more, in order; absent: none
 * @param generations of the targets that people asked for again; absent: of none
 * @param incomplete targets that did not end complete, by their status; absent: none
 * @param passedOver targets that people cancelled before their turn came; absent: none
 */
@Payload
public record BatchCarry(
    long startedAt,
    PlanOutline outline,
    int dispatched,
    List<RunningRepository> running,
    BatchTally tally,
    List<Integer> parked,
    @Nullable String held,
    Boolean paused,
    Long turns,
    List<ManifestRef> added,
    List<RequeuedRepository> again,
    List<RepositoryGeneration> generations,
    Map<RepositoryStatus, List<IndexRange>> incomplete,
    List<IndexRange> passedOver) {
  public BatchCarry {
    running = List.copyOf(running);
    parked = listOf(parked);
    paused = paused != null && paused;
    turns = turns == null ? 0L : turns;
    added = listOf(added);
    again = listOf(again);
    generations = listOf(generations);
    // An EnumMap keeps the order of a map fixed, so that replay sees the same payload.
    EnumMap<RepositoryStatus, List<IndexRange>> sorted = new EnumMap<>(RepositoryStatus.class);
    sorted.putAll(incomplete == null ? Map.of() : incomplete);
    incomplete = Collections.unmodifiableMap(sorted);
    passedOver = listOf(passedOver);
  }

  private static <T> List<T> listOf(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }
}
