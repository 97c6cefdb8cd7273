package dev.repofleet.starter.embedded;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a dev server is started. Immutable.
 *
 * @param program the Temporal CLI
 * @param database file of the server's state; made when it is not there
 * @param log file that gets the server's warnings and errors, appended
 * @param port of the server's front end on loopback; 0 for any free one
 * @param uiPort of its web interface on loopback; 0 for any free one
 * @param startTimeout until it must answer; positive
 * @param environment where helper programs are looked for, and keys for the payloads
 * @param codec the endpoint that its web interface decodes by; absent when nothing is encrypted
 */
record TemporalDevServerOptions(
    Path program,
    Path database,
    Path log,
    int port,
    int uiPort,
    Duration startTimeout,
    Map<String, String> environment,
    @Nullable URI codec) {
  /** 0.5 s is usual on an idle machine; a full one may be far slower. */
  static final Duration DEFAULT_START_TIMEOUT = Duration.ofSeconds(60);

  TemporalDevServerOptions {
    Objects.requireNonNull(program, "program");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(log, "log");
    environment = Map.copyOf(environment);
    LoopbackPorts.requireValid(port, "the Temporal server");
    LoopbackPorts.requireValid(uiPort, "Temporal's UI");
    if (startTimeout.isNegative() || startTimeout.isZero()) {
      throw new IllegalArgumentException("startTimeout must be positive, not " + startTimeout);
    }
  }
}
