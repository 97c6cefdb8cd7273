package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.TemporalUnreachableException;
import dev.repofleet.workflows.client.encryption.EncryptionKeys;
import io.temporal.common.SearchAttributeKey;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A real Temporal server of this machine: the CLI's dev server with its web interface, on loopback,
 * its state in a SQLite file. Thread-safe; the one who started it closes it, after everything that
 * uses {@link #connection}.
 *
 * <p>It has no login: every user of this machine reaches it.
 */
final class TemporalDevServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);

  private static final int LOG_TAIL = 2_000;

  private final WatchedProcess process;
  private final TemporalConnection connection;
  private final int uiPort;

  private TemporalDevServer(WatchedProcess process, TemporalConnection connection, int uiPort) {
    this.process = process;
    this.connection = connection;
    this.uiPort = uiPort;
  }

  /**
   * Starts it and blocks until it answers for its namespace.
   *
   * @throws CommandException with exit code 2 for a busy port, with 5 when the server ends or does
   *     not answer in time; no process is left then
   */
  static TemporalDevServer start(TemporalDevServerOptions options) {
    LoopbackPorts.requireFree(options.port(), "the Temporal server", "--port");
    LoopbackPorts.requireFree(options.uiPort(), "Temporal's UI", "--ui-port");
    boolean chosen = options.port() != 0 && options.uiPort() != 0;
    for (int attempt = 1; ; attempt++) {
      try {
        return startOnce(options);
      } catch (CommandException e) {
        if (chosen
            || attempt == LoopbackPorts.ATTEMPTS
            || !String.valueOf(e.getMessage()).contains("in use")) {
          throw e;
        }
      }
    }
  }

  private static TemporalDevServer startOnce(TemporalDevServerOptions options) {
    int port = LoopbackPorts.orFree(options.port());
    int uiPort = LoopbackPorts.orFree(options.uiPort());
    long logBefore = size(options.log());
    WatchedProcess process;
    try {
      process =
          WatchedProcess.start(
              "temporal", command(options, port, uiPort), environment(options), options.log());
    } catch (IOException e) {
      throw CommandException.unreachable(
          options.program()
              + " can't be run: "
              + e.getMessage()
              + "; name another with REPOFLEET_TEMPORAL",
          e);
    }
    TemporalConnection connection = null;
    try {
      connection = connect(process, port, options);
    } finally {
      if (connection == null) {
        process.close();
      }
    }
    if (connection == null) {
      throw CommandException.unreachable(
          "the Temporal server did not start: "
              + tail(options.log(), logBefore)
              + " (its log: "
              + options.log()
              + ")",
          null);
    }
    process.announceUnexpectedEnd();
    return new TemporalDevServer(process, connection, uiPort);
  }

  /** Go collects four times as seldom: a tenth less work for the server, for twice its memory. */
  private static Map<String, String> environment(TemporalDevServerOptions options) {
    Map<String, String> environment = new HashMap<>(options.environment());
    environment.putIfAbsent("GOGC", "400");
    return environment;
  }

  private static List<String> command(TemporalDevServerOptions options, int port, int uiPort) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(options.program().toString(), "server", "start-dev"));
    command.addAll(List.of("--ip", HOST, "--port", Integer.toString(port)));
    command.addAll(List.of("--ui-ip", HOST, "--ui-port", Integer.toString(uiPort)));
    command.addAll(List.of("--db-filename", options.database().toString()));
    // Twice the throughput of the defaults; a crash of the machine may cost the last commits.
    command.addAll(List.of("--sqlite-pragma", "journal_mode=wal"));
    command.addAll(List.of("--sqlite-pragma", "synchronous=normal"));
    command.addAll(List.of("--log-level", "warn", "--ui-disable-news-fetch"));
    if (options.codec() != null) {
      command.addAll(List.of("--ui-codec-endpoint", options.codec().toString()));
    }
    for (SearchAttributeKey<?> attribute : FleetSearchAttributes.ALL) {
      command.add("--search-attribute");
      command.add(
          attribute.getName() + "=" + SearchAttributeSetup.typeName(attribute.getValueType()));
    }
    return command;
  }

  /** Null when the process ended or the time is over. */
  private static @Nullable TemporalConnection connect(
      WatchedProcess process, int port, TemporalDevServerOptions options) {
    long deadline = System.nanoTime() + options.startTimeout().toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      // A channel that was refused once waits for a second: so gRPC comes only when it listens.
      if (listens(port)) {
        try {
          return TemporalConnection.open(clientOf(HOST + ":" + port, options.environment()));
        } catch (TemporalUnreachableException notYet) {
          LockSupport.parkNanos(POLL.toNanos());
        }
      } else {
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
    return null;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(LoopbackPorts.address(port), (int) CONNECT_TIMEOUT.toMillis());
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  /**
   * The variables of a client of such a server. A person's own profile must not interfere, so the
   * profile is looked for where no file can be; an empty file makes the loader fail. Keys for the
   * payloads are that person's own.
   */
  static Map<String, String> environmentFor(String address, Map<String, String> environment) {
    Map<String, String> client = new HashMap<>(environment);
    client.keySet().retainAll(EncryptionKeys.VARIABLES);
    client.put("TEMPORAL_ADDRESS", address);
    client.put("TEMPORAL_NAMESPACE", "default");
    client.put("TEMPORAL_CONFIG_FILE", "/dev/null/none");
    return client;
  }

  /**
   * All that a client of such a server may look at: a provider of keys has variables of its own.
   */
  static Map<String, String> clientOf(String address, Map<String, String> environment) {
    Map<String, String> client = new HashMap<>(environment);
    client.keySet().removeIf(name -> name.startsWith("TEMPORAL_"));
    client.putAll(environmentFor(address, environment));
    return client;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException absent) {
      return 0;
    }
  }

  private static String tail(Path log, long from) {
    try (var in = Files.newInputStream(log)) {
      in.skipNBytes(from);
      String text = new String(in.readNBytes(LOG_TAIL), StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? "it said nothing" : text;
    } catch (IOException unreadable) {
      return "it said nothing";
    }
  }

  /** A client of this server; usable until {@link #close}. */
  TemporalConnection connection() {
    return connection;
  }

  /** Host and port, as {@code TEMPORAL_ADDRESS} wants it. */
  String address() {
    return connection.address();
  }

  /** The web interface's address. */
  URI ui() {
    return URI.create("http://" + HOST + ":" + uiPort);
  }

  /** Of the server's process. */
  long pid() {
    return process.pid();
  }

  /** Completes with the exit code when the server has ended, by {@link #close} or by itself. */
  CompletableFuture<Integer> ended() {
    return process.ended();
  }

  /** Closes the connection and ends the server; blocks for some 15 seconds at the most. */
  @Override
  public void close() {
    connection.close();
    process.close();
  }
}
