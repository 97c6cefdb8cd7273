package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What of a batch can be set while it works.
 *
 * @param window most repositories in work at once; in a change, absent: as it is
 * @param budgetUsd most that all may cost together; absent: no limit, and in a change as it is
 */
@Payload
public record BatchSettings(@Nullable Integer window, @Nullable Double budgetUsd) {}
