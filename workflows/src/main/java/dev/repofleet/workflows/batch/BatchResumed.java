package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A batch that was held or paused goes on.
 *
 * @param heldFor why it was held, in a sentence for people; absent when nothing held it any more
 * @param paused whether a person had paused it; absent in answers of before it could be
 */
@Payload
public record BatchResumed(@Nullable String heldFor, @Nullable Boolean paused) {}
