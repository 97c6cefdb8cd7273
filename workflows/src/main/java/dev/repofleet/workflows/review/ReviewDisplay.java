package dev.repofleet.workflows.review;

import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.git.EarlierResult;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where Temporal shows how a review stands: the UI's current details, and the search attributes in
 * a namespace that has them. Confined to its workflow.
 */
final class ReviewDisplay {
  private final boolean searchable =
      Workflow.getTypedSearchAttributes().containsKey(FleetSearchAttributes.BATCH);

  /**
   * Shows a new stage.
   *
   * @param turns that have ended
   * @param unchanged the result it stands on; absent when it is worked for
   */
  void show(RepositoryProgress now, List<TurnOutcome> turns, @Nullable EarlierResult unchanged) {
    Workflow.setCurrentDetails(ReviewPage.now(now, turns, unchanged));
    if (!searchable) {
      return;
    }
    if (now.stage() == Stage.DONE) {
      Workflow.upsertTypedSearchAttributes(atTheEnd(now));
    } else if (now.stage().isIndexed()) {
      Workflow.upsertTypedSearchAttributes(
          FleetSearchAttributes.STAGE.valueSet(now.stage().code()));
    }
  }

  /** In one update: each is an event, and the server writes its index anew. */
  private static SearchAttributeUpdate<?>[] atTheEnd(RepositoryProgress now) {
    List<SearchAttributeUpdate<?>> updates = new ArrayList<>();
    updates.add(FleetSearchAttributes.STAGE.valueSet(now.stage().code()));
    if (now.status() != null) {
      updates.add(FleetSearchAttributes.STATUS.valueSet(now.status().code()));
    }
    updates.add(FleetSearchAttributes.TURN.valueSet((long) now.turn()));
    updates.add(FleetSearchAttributes.FINDINGS.valueSet((long) now.findings().total()));
    updates.add(FleetSearchAttributes.COST_USD.valueSet(now.costUsd()));
    if (now.cause() != null) {
      updates.add(FleetSearchAttributes.CAUSE.valueSet(now.cause().code()));
    }
    return updates.toArray(SearchAttributeUpdate<?>[]::new);
  }
}
