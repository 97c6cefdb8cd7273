package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.review.Target;
import java.util.List;
import java.util.Objects;

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
   */
  @Payload
  public record Row(int index, String key, Target target) {
    public Row {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(target, "target");
    }

    /** The same target in a batch with so many before its manifest. */
    public Row behind(int first) {
      return first == 0 ? this : new Row(first + index, key, target);
    }
  }
}
