package dev.repofleet.e2b.local;

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
  /** POST /sandboxes/ID/connect. */
  CONNECT,
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
  /** The calls of Filesystem. */
  FILESYSTEM,
  /** GET /health of a sandbox. */
  HEALTH,
  /** Whatever else there is. */
  OTHER;

  /** All of E2B's own API. */
  public static final Set<FaultRoute> CONTROL =
      Set.of(CREATE, LIST, GET, KILL, TIMEOUT, PAUSE, CONNECT);

  /** All that leads into a sandbox. */
  public static final Set<FaultRoute> DATA =
      Set.of(START, ATTACH, PROCESS, READ, WRITE, FILESYSTEM, HEALTH);

  private static final Pattern COLLECTION = Pattern.compile("(/v2)?/sandboxes/?");
  private static final Pattern ONE = Pattern.compile("(/v2)?/sandboxes/[^/]+");

  static FaultRoute ofControl(String method, String path) {
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
      default -> OTHER;
    };
  }

  static FaultRoute ofData(String method, String path) {
    if (path.equals("/files")) {
      return method.equals("GET") ? READ : WRITE;
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

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
