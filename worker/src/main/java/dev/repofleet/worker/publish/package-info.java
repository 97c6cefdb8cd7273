/**
 * Writes results to forges: {@link dev.repofleet.worker.publish.PublishActivitiesImpl} for the
 * workflow, {@link dev.repofleet.worker.publish.Publication} for one repository. No sandbox is
 * touched here: what is written comes from the artifact store and a fresh clone. Only the worker's
 * assembly uses it.
 */
@NullMarked
package dev.repofleet.worker.publish;

import org.jspecify.annotations.NullMarked;
