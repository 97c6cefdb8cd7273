package dev.repofleet.workflows.publish;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.order.PublishOptions;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Starts the publishing of a batch, and carries it over from one run to the next.
 *
 * @param schemaVersion 1
 * @param fleet whose workers publish
 * @param batch id
 * @param storeId of the artifact store with its results
 * @param options what and how
 * @param limit most repositories that something is written for; absent: all
 * @param pace time that is left for each repository that was written; what was there takes none
 * @param after key of the last repository that the runs before began with; absent at the start
 * @param soFar what the runs before did; absent at the start
 */
@Payload
public record PublishInput(
    int schemaVersion,
    String fleet,
    String batch,
    String storeId,
    PublishOptions options,
    @Nullable Integer limit,
    Duration pace,
    @Nullable String after,
    @Nullable PublishProgress soFar) {
  /** GitHub asks for a second between writes. */
  public static final Duration DEFAULT_PACE = Duration.ofSeconds(1);

  public PublishInput {
    Objects.requireNonNull(fleet, "fleet");
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(storeId, "storeId");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(pace, "pace");
    if (schemaVersion != 1) {
      throw new IllegalArgumentException(
          "the publishing of " + batch + " has schema version " + schemaVersion + ", not 1");
    }
    if (limit != null && limit < 1) {
      throw new IllegalArgumentException("a limit of " + limit + " repositories leaves none");
    }
  }

  PublishInput goingOn(@Nullable String last, PublishProgress progress) {
    return new PublishInput(
        schemaVersion, fleet, batch, storeId, options, limit, pace, last, progress);
  }
}
