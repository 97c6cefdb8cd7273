/**
 * What a batch asks for, as workers read it from the artifact store. Entry class: {@link
 * dev.repofleet.worker.plan.PlanSource}. Every package of activities may use it.
 */
@NullMarked
package dev.repofleet.worker.plan;

import org.jspecify.annotations.NullMarked;
