/**
 * What agents have said, as it was stored and while it goes on. Entry class: {@link
 * dev.repofleet.starter.logs.LogFollower}. Reports and follow-ups use it.
 */
@NullMarked
package dev.repofleet.starter.logs;

import org.jspecify.annotations.NullMarked;
