package dev.repofleet.workflows.publish;

import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.activities.publish.PublishOutcome;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How many repositories came to what: answer of the query {@code progress}, and result.
 *
 * @param options with which this publishing was started
 * @param written something was written for them now, or would be
 * @param already all that was asked for was there
 * @param nothing there was nothing to publish
 * @param reasons why not, each with the number of those that it holds for
 * @param refused something was not written, for good; of these some were written or there in part,
 *     and are counted there too
 * @param failed what could not be done by many attempts
 * @param notes a sentence about each of the first {@value #MAX_NOTES} that were refused or failed;
 *     of a dry run about each repository that has something to publish
 * @param limit most repositories that something is written for; absent: all
 */
@Payload
public record PublishProgress(
    PublishOptions options,
    int written,
    int already,
    int nothing,
    Map<String, Integer> reasons,
    int refused,
    int failed,
    List<String> notes,
    @Nullable Integer limit) {
  static final int MAX_NOTES = 200;

  /** Workers have a handful. */
  private static final int MAX_REASONS = 20;

  /** All of them together are far from what one answer of Temporal's may hold. */
  private static final int MAX_NOTE = 600;

  public PublishProgress {
    Objects.requireNonNull(options, "options");
    // Absent where an older version wrote it.
    reasons =
        Collections.unmodifiableSortedMap(new TreeMap<>(reasons == null ? Map.of() : reasons));
    notes = List.copyOf(notes);
  }

  /** Before anything is done. */
  public static PublishProgress none(PublishOptions options, @Nullable Integer limit) {
    return new PublishProgress(options, 0, 0, 0, Map.of(), 0, 0, List.of(), limit);
  }

  PublishProgress and(String key, PublishOutcome outcome) {
    PublishOutcome.Status status = outcome.status();
    String message = outcome.message();
    boolean refusal = message != null && status != PublishOutcome.Status.NOTHING;
    String note = null;
    if (refusal) {
      note = key + ": " + message;
    } else if (status == PublishOutcome.Status.WRITTEN && options.mode() == PublishMode.DRY_RUN) {
      note = key + ": would be published";
    }
    return new PublishProgress(
        options,
        written + (status == PublishOutcome.Status.WRITTEN ? 1 : 0),
        already + (status == PublishOutcome.Status.ALREADY ? 1 : 0),
        nothing + (status == PublishOutcome.Status.NOTHING ? 1 : 0),
        status == PublishOutcome.Status.NOTHING ? withReason(message) : reasons,
        refused + (refusal ? 1 : 0),
        failed,
        with(note),
        limit);
  }

  PublishProgress andFailure(String key, String message) {
    return new PublishProgress(
        options,
        written,
        already,
        nothing,
        reasons,
        refused,
        failed + 1,
        with(key + ": " + message),
        limit);
  }

  private Map<String, Integer> withReason(@Nullable String reason) {
    String kept = reason == null ? null : Excerpt.of(reason, MAX_NOTE);
    if (kept == null || (reasons.size() >= MAX_REASONS && !reasons.containsKey(kept))) {
      return reasons;
    }
    Map<String, Integer> more = new TreeMap<>(reasons);
    more.merge(kept, 1, Integer::sum);
    return more;
  }

  private List<String> with(@Nullable String note) {
    if (note == null || notes.size() >= MAX_NOTES) {
      return notes;
    }
    List<String> more = new ArrayList<>(notes);
    more.add(Excerpt.of(note, MAX_NOTE));
    return more;
  }
}
