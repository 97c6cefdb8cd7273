/**
 * What is to be reviewed, as people name it. Entry class: {@link
 * dev.repofleet.starter.target.TargetReader} reads arguments and lists; {@link
 * dev.repofleet.starter.target.ManifestBuilder} puts bundles and the manifest into the store.
 */
@NullMarked
package dev.repofleet.starter.target;

import org.jspecify.annotations.NullMarked;
