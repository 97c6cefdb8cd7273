/**
 * The artifact store. Entry points: {@link dev.repofleet.artifacts.ArtifactStores} opens one,
 * {@link dev.repofleet.artifacts.ArtifactJson} is the only door to JSON. This package has the names
 * of what is kept, and sees none of the packages beside it that hold the records: targets with the
 * manifest, plans, findings, results. It knows neither Temporal nor E2B; any module may depend on
 * it.
 */
@NullMarked
package dev.repofleet.artifacts;

import org.jspecify.annotations.NullMarked;
