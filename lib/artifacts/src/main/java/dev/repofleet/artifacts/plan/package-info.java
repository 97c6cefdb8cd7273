/**
 * How repositories are reviewed. Entry class: {@link dev.repofleet.artifacts.plan.Plan}, as the
 * starter writes and workers read it. Any module may depend on it.
 */
@NullMarked
package dev.repofleet.artifacts.plan;

import org.jspecify.annotations.NullMarked;
