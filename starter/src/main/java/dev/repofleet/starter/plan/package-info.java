/**
 * Plans as people write them. Entry class: {@link dev.repofleet.starter.plan.PlanLoader}, which
 * turns a preset's name or a file into the {@link dev.repofleet.artifacts.plan.Plan} that workers
 * read. Any package of the starter may use it; it knows nothing of batches on their way.
 */
@NullMarked
package dev.repofleet.starter.plan;

import org.jspecify.annotations.NullMarked;
