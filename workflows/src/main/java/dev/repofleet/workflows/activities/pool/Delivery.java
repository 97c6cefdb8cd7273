package dev.repofleet.workflows.activities.pool;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.progress.BatchHold;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a pool has to tell.
 *
 * @param runId the pool's run that may deliver; absent: whichever it is
 * @param replies to reviews
 * @param batches to be told {@code hold}
 * @param hold absent when no batch is told
 */
@Payload
public record Delivery(
    @Nullable String runId,
    List<PermitReply> replies,
    List<String> batches,
    @Nullable BatchHold hold) {
  public Delivery {
    replies = List.copyOf(replies);
    batches = List.copyOf(batches);
    if (!batches.isEmpty()) {
      Objects.requireNonNull(hold, "hold");
    }
  }
}
