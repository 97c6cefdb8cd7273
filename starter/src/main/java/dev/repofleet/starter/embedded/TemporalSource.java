package dev.repofleet.starter.embedded;

import java.io.IOException;
import java.nio.file.Path;

/** A place the Temporal CLI can be had from. What it brings is checked by the one who asked. */
interface TemporalSource {
  /** For messages to a person. */
  String name();

  /**
   * Brings the program into a folder. Blocks for minutes at most.
   *
   * @param work an empty folder that the caller deletes afterwards
   * @return the program, a file below {@code work}
   * @throws IOException with a cause a person understands; the folder may hold remains
   */
  Path fetch(String version, TemporalRelease.Platform platform, Path work) throws IOException;
}
