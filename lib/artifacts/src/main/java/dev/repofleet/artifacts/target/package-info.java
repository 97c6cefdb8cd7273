/**
 * What a batch reviews. Entry class: {@link dev.repofleet.artifacts.target.TargetParser} reads what
 * a person typed as a target; {@link dev.repofleet.artifacts.target.ManifestWriter} and {@link
 * dev.repofleet.artifacts.target.ManifestReader} keep a batch's targets in the store. Any module
 * may depend on it.
 */
@NullMarked
package dev.repofleet.artifacts.target;

import org.jspecify.annotations.NullMarked;
