package dev.repofleet.workflows.activities.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.Target;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Targets of a manifest, in its order, beginning at the offset that was asked for. */
@Payload
public record TargetPage(List<Row> rows) {
  public TargetPage {
    rows = List.copyOf(rows);
  }

  /**
   * One target.
   *
   * @param index in the manifest, from 0
   * @param key of its workflow and folder
   * @param target what is reviewed
   * @param plan of this target alone; absent: the batch's
   * @param outline of that plan; there exactly when the plan is
   */
  @Payload
  public record Row(
      int index, String key, Target target, @Nullable PlanRef plan, @Nullable PlanOutline outline) {
    public Row {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(target, "target");
      if ((plan == null) != (outline == null)) {
        throw new IllegalArgumentException(
            "target " + key + " must have both a plan and its outline, or neither");
      }
    }

    /** A target that is reviewed as the batch's plan says. */
    public Row(int index, String key, Target target) {
      this(index, key, target, null, null);
    }

    /** What is asked of this target. */
    public PlanRef planOr(PlanRef ofBatch) {
      return plan == null ? ofBatch : plan;
    }

    /** What the workflow must know of that. */
    public PlanOutline outlineOr(PlanOutline ofBatch) {
      return outline == null ? ofBatch : outline;
    }

    /** The same target in a batch with so many before its manifest. */
    public Row behind(int first) {
      return first == 0 ? this : new Row(first + index, key, target, plan, outline);
    }
  }
}
