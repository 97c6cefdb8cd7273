/**
 * A batch controlled while it works, and after its end: pause, cancel, retry, add, set, delete.
 * Entry class: {@link dev.repofleet.starter.control.ControlledBatch}. Only the command tree uses
 * it.
 */
@NullMarked
package dev.repofleet.starter.control;

import org.jspecify.annotations.NullMarked;
