package dev.repofleet.workflows.activities.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RepositoryParked;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a batch is told of one of its reviews.
 *
 * @param batchWorkflowId whom
 * @param ended the review's end
 * @param parked that it begins or ends to wait for a person
 */
@Payload
public record BatchNews(
    String batchWorkflowId, @Nullable RepositoryEnded ended, @Nullable RepositoryParked parked) {
  public BatchNews {
    Objects.requireNonNull(batchWorkflowId, "batchWorkflowId");
  }
}
