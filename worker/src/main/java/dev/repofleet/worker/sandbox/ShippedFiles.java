package dev.repofleet.worker.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Files this worker brings into sandboxes. They travel in its jar, so that both have one version.
 */
public enum ShippedFiles {
  /** Starts, watches and stops the agent. */
  RUN_SCRIPT("run/repofleet-run.sh"),
  /** The rule-based agent that needs no model. */
  REHEARSAL_AGENT("agent/rehearsal_agent.py");

  private static final String FOLDER = "/dev/repofleet/worker/";

  private final String name;

  ShippedFiles(String name) {
    this.name = name;
  }

  /**
   * The whole file.
   *
   * @throws IllegalStateException when the jar lacks it
   */
  public byte[] bytes() {
    try (InputStream in = ShippedFiles.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the worker's jar lacks " + name + ": build it again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
