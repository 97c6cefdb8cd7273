/**
 * What is to be reviewed, as people name it. Entry class: {@link
 * dev.repofleet.starter.target.TargetReader} reads arguments and lists; {@link
 * dev.repofleet.starter.target.ManifestBuilder} puts bundles and the manifest into the store.
 * Packages that start or enlarge a batch use it: {@code review}, {@code control}, {@code schedule},
 * {@code forge}.
 */
@NullMarked
package dev.repofleet.starter.target;

import org.jspecify.annotations.NullMarked;
