/**
 * The person's terminal as a way for bytes: to programs elsewhere, and back. Entry class: {@link
 * dev.repofleet.starter.tty.RawTerminal}. Only {@code sandboxes} uses it.
 */
@NullMarked
package dev.repofleet.starter.tty;

import org.jspecify.annotations.NullMarked;
