/**
 * A batch's files brought onto this machine: the verbs {@code report} and {@code open}, and what
 * {@code review} and {@code watch} leave in their folder. Entry class: {@link
 * dev.repofleet.starter.out.OutFolder}. Comparing two batches uses it too.
 */
@NullMarked
package dev.repofleet.starter.out;

import org.jspecify.annotations.NullMarked;
