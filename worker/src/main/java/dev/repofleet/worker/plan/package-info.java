/**
 * What a batch asks for, as workers read it from the artifact store. Entry class: {@link
 * dev.repofleet.worker.plan.PlanSource}.
 */
@NullMarked
package dev.repofleet.worker.plan;

import org.jspecify.annotations.NullMarked;
