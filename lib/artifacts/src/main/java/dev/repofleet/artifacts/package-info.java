/**
 * The artifact store, the manifest of a batch, and the records of every result file.
 *
 * <p>Entry points: {@link dev.repofleet.artifacts.ArtifactStores} opens a store, {@link
 * dev.repofleet.artifacts.ArtifactJson} is the only door to JSON, {@link
 * dev.repofleet.artifacts.TargetParser} reads what a person typed as a target. The package knows
 * neither Temporal nor E2B; any module may depend on it.
 */
@NullMarked
package dev.repofleet.artifacts;

import org.jspecify.annotations.NullMarked;
