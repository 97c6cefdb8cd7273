package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What a resume found.
 *
 * @param heldFor why no permit was given; absent when the pool was not held
 */
@Payload
public record PoolResumed(@Nullable String heldFor) {}
