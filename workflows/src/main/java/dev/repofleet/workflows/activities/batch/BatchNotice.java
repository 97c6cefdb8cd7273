package dev.repofleet.workflows.activities.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook is told of a batch.
 *
 * @param kind of news
 * @param fleet whose batch it is
 * @param batch its id
 * @param at when it happened, milliseconds since the epoch
 * @param status of the batch then
 * @param reason in a sentence for people; absent when the kind says it all
 * @param total repositories of the batch
 * @param tally of those that have ended
 */
@Payload
public record BatchNotice(
    NoticeKind kind,
    String fleet,
    String batch,
    long at,
    BatchStatus status,
    @Nullable String reason,
    int total,
    BatchTally tally) {
  public BatchNotice {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(fleet, "fleet");
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(tally, "tally");
  }
}
