package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A batch that was held goes on.
 *
 * @param heldFor why it was held, in a sentence for people; absent when nothing held it any more
 */
@Payload
public record BatchResumed(@Nullable String heldFor) {}
