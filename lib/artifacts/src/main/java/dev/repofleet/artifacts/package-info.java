/**
 * The artifact store. Entry points: {@link dev.repofleet.artifacts.ArtifactStores} opens one,
 * {@link dev.repofleet.artifacts.ArtifactJson} is the only door to JSON. What is kept in it has
 * packages beside this one: targets with the manifest, plans, findings, results. This package knows
 * none of them, nor Temporal nor E2B; any module may depend on it.
 */
@NullMarked
package dev.repofleet.artifacts;

import org.jspecify.annotations.NullMarked;
