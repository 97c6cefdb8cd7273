package dev.repofleet.starter.embedded;

import dev.repofleet.workflows.client.TemporalConnection;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Temporal server that belongs to no stack, for tests of other packages: for processes that share
 * one, or to read what a stack that has ended left in its data folder.
 */
public final class SeparateTemporal implements AutoCloseable {
  private static @Nullable Path program;

  private final Path folder;

  /** The first one's connection stays in use, since the later ones have its address. */
  private final Deque<TemporalDevServer> servers = new ArrayDeque<>();

  private SeparateTemporal(Path folder) {
    this.folder = folder;
    servers.add(server(0));
  }

  /**
   * The Temporal CLI, installed when it is not there; once, whoever asks meanwhile. It is looked
   * for once: its hash takes the quick compiler seconds.
   */
  public static synchronized Path program() {
    Path known = program;
    if (known == null) {
      known =
          TemporalBinary.forThisMachine(
                  Path.of(System.getProperty("user.home")), System.err::println)
              .locate(System.getenv());
      program = known;
    }
    return known;
  }

  /** Starts one on free ports; its state is {@code temporal.db} in this folder. */
  public static SeparateTemporal start(Path folder) {
    return new SeparateTemporal(folder);
  }

  private TemporalDevServer server(int port) {
    return TemporalDevServer.start(
        new TemporalDevServerOptions(
            program(),
            folder.resolve("temporal.db"),
            folder.resolve("separate-temporal.log"),
            port,
            0,
            TemporalDevServerOptions.DEFAULT_START_TIMEOUT,
            System.getenv(),
            null));
  }

  /** SIGKILL. Blocks until it is gone. */
  public void kill() {
    TemporalDevServer server = servers.getLast();
    ProcessHandle.of(server.pid()).ifPresent(ProcessHandle::destroyForcibly);
    server.ended().join();
  }

  /** After {@link #kill}: another one with the same state, on the same port. */
  public void restart() {
    servers.add(server(port()));
  }

  /** The process that serves now. */
  public long pid() {
    return servers.getLast().pid();
  }

  /** Its port on loopback. */
  public int port() {
    String address = servers.getFirst().address();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** The variables by which other processes reach it. */
  public Map<String, String> environment() {
    return TemporalDevServer.environmentFor(servers.getFirst().address(), Map.of());
  }

  /** A connection; usable until {@link #close}, also after a restart. */
  public TemporalConnection connection() {
    return servers.getFirst().connection();
  }

  @Override
  public void close() {
    while (!servers.isEmpty()) {
      servers.removeLast().close();
    }
  }
}
