/**
 * A batch's files brought onto this machine. Entry class: {@link
 * dev.repofleet.starter.out.OutFolder}. Who waits for a batch's end may use it.
 */
@NullMarked
package dev.repofleet.starter.out;

import org.jspecify.annotations.NullMarked;
