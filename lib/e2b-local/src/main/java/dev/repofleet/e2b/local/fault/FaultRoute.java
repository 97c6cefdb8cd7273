package dev.repofleet.e2b.local.fault;

import dev.repofleet.e2b.local.wire.SandboxAddress;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The routes that a {@link Fault} can be about. On the wire their names are in lower case. */
public enum FaultRoute {
  /** POST /sandboxes. */
  CREATE,
  /** GET /sandboxes. */
  LIST,
  /** GET /sandboxes/ID. */
  GET,
  /** DELETE /sandboxes/ID. */
  KILL,
  /** POST /sandboxes/ID/timeout and /refreshes. */
  TIMEOUT,
  /** POST /sandboxes/ID/pause. */
  PAUSE,
  /** POST /sandboxes/ID/connect and /resume. */
  CONNECT,
  /** POST /sandboxes/ID/snapshots and /fork. */
  SNAPSHOT,
  /** Templates, their builds, files and tags. */
  TEMPLATE,
  /** Process/Start. */
  START,
  /** Process/Connect, which follows a process. */
  ATTACH,
  /** The other calls of Process. */
  PROCESS,
  /** GET /files. */
  READ,
  /** POST /files. */
  WRITE,
  /** The calls of Filesystem, but WatchDir. */
  FILESYSTEM,
  /** Filesystem/WatchDir. */
  WATCH,
  /** A port of the sandbox's own programs. */
  PORT,
  /** GET /health of a sandbox. */
  HEALTH,
  /** Whatever else there is. */
  OTHER;

  /** All of E2B's own API. */
  public static final Set<FaultRoute> CONTROL =
      Set.of(CREATE, LIST, GET, KILL, TIMEOUT, PAUSE, CONNECT, SNAPSHOT, TEMPLATE);

  /** All that leads into a sandbox. */
  public static final Set<FaultRoute> DATA =
      Set.of(START, ATTACH, PROCESS, READ, WRITE, FILESYSTEM, WATCH, PORT, HEALTH);

  /** The streams of processes' events. */
  static final Set<FaultRoute> PROCESS_STREAMS = Set.of(START, ATTACH);

  private static final Pattern COLLECTION = Pattern.compile("(/v2)?/sandboxes/?");
  private static final Pattern ONE = Pattern.compile("(/v2)?/sandboxes/[^/]+");

  private static final Pattern TEMPLATES = Pattern.compile("(/v[23])?/templates(/.*)?");

  public static FaultRoute ofControl(String method, String path) {
    if (TEMPLATES.matcher(path).matches()) {
      return TEMPLATE;
    }
    if (COLLECTION.matcher(path).matches()) {
      return method.equals("POST") ? CREATE : LIST;
    }
    if (ONE.matcher(path).matches()) {
      return method.equals("DELETE") ? KILL : GET;
    }
    return switch (path.substring(path.lastIndexOf('/') + 1)) {
      case "timeout", "refreshes" -> TIMEOUT;
      case "pause" -> PAUSE;
      case "connect", "resume" -> CONNECT;
      case "snapshots", "fork" -> SNAPSHOT;
      default -> OTHER;
    };
  }

  public static FaultRoute ofData(int port, String method, String path) {
    if (port != SandboxAddress.ENVD_PORT) {
      return PORT;
    }
    if (path.equals("/files")) {
      return method.equals("GET") ? READ : WRITE;
    }
    if (path.equals("/filesystem.Filesystem/WatchDir")) {
      return WATCH;
    }
    if (path.startsWith("/filesystem.Filesystem/")) {
      return FILESYSTEM;
    }
    return switch (path) {
      case "/process.Process/Start" -> START;
      case "/process.Process/Connect" -> ATTACH;
      case "/health" -> HEALTH;
      default -> path.startsWith("/process.Process/") ? PROCESS : OTHER;
    };
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
