/**
 * What two batches found differently. Entry class: {@link
 * dev.repofleet.starter.compare.CompareCommand}; {@link
 * dev.repofleet.starter.compare.BatchDifference} compares, and asks the artifact store alone. Only
 * the command tree uses it.
 */
@NullMarked
package dev.repofleet.starter.compare;

import org.jspecify.annotations.NullMarked;
