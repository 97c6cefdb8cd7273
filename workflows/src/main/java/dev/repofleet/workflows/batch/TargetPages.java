package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads a batch's targets by page, as they are needed. Confined to its workflow. */
final class TargetPages {
  private static final int PAGE = 100;

  private final ActivityStubs activities;
  private final BatchState state;
  private final Deque<TargetPage.Row> page = new ArrayDeque<>();

  TargetPages(ActivityStubs activities, BatchState state) {
    this.activities = activities;
    this.state = state;
  }

  /**
   * The target that is to be started next; nothing when another one is, or none, by the time it has
   * been read.
   */
  TargetPage.@Nullable Row next(int index) {
    if (page.isEmpty() || page.element().index() != index) {
      page.clear();
      page.addAll(read(index));
    }
    OptionalInt next = state.next();
    return next.isPresent() && next.getAsInt() == index ? page.remove() : null;
  }

  /** From this target on; one alone where people asked for it again. */
  private List<TargetPage.Row> read(int index) {
    TargetList.Place place = state.targets().place(index);
    int left = place.manifest().count() - place.offset();
    int limit = index < state.dispatched() ? 1 : Math.min(PAGE, left);
    List<TargetPage.Row> rows =
        activities
            .reading()
            .readTargets(new TargetPageRequest(place.manifest(), place.offset(), limit))
            .rows();
    if (rows.isEmpty()) {
      throw Refusal.MANIFEST_INVALID.because(
          "manifest " + place.manifest().uri() + " ends at target " + place.offset());
    }
    return rows.stream().map(row -> row.behind(place.first())).toList();
  }
}
