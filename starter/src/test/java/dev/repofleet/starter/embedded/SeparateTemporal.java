package dev.repofleet.starter.embedded;

import dev.repofleet.workflows.client.TemporalConnection;
import java.nio.file.Path;
import java.util.Map;

/**
 * A Temporal server that belongs to no stack, for tests of other packages: for processes that share
 * one, or to read what a stack that has ended left in its data folder.
 */
public final class SeparateTemporal implements AutoCloseable {
  private final TemporalDevServer server;

  private SeparateTemporal(TemporalDevServer server) {
    this.server = server;
  }

  /** The Temporal CLI, installed when it is not there; once, whoever asks meanwhile. */
  public static synchronized Path program() {
    return TemporalBinary.forThisMachine(
            Path.of(System.getProperty("user.home")), System.err::println)
        .locate(System.getenv());
  }

  /** Starts one on free ports; its state is {@code temporal.db} in this folder. */
  public static SeparateTemporal start(Path folder) {
    return new SeparateTemporal(
        TemporalDevServer.start(
            new TemporalDevServerOptions(
                program(),
                folder.resolve("temporal.db"),
                folder.resolve("separate-temporal.log"),
                0,
                0,
                TemporalDevServerOptions.DEFAULT_START_TIMEOUT,
                System.getenv())));
  }

  /** The variables by which other processes reach it. */
  public Map<String, String> environment() {
    return TemporalDevServer.environmentFor(server.address());
  }

  /** A connection; usable until {@link #close}. */
  public TemporalConnection connection() {
    return server.connection();
  }

  @Override
  public void close() {
    server.close();
  }
}
