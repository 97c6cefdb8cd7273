package dev.repofleet.e2b.local.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.Wire;
import java.util.Map;

/**
 * How a process ended, as envd words it (E2B contract, 4.1).
 *
 * @param code the exit code; -1 after a signal
 * @param exited false after a signal
 * @param text {@code exit status N} or {@code signal: name}
 */
public record ExitStatus(int code, boolean exited, String text) {
  private static final int SIGNAL_BASE = 128;
  private static final int SIGKILL = 9;

  private static final Map<Integer, String> SIGNALS =
      Map.ofEntries(
          Map.entry(1, "hangup"),
          Map.entry(2, "interrupt"),
          Map.entry(3, "quit"),
          Map.entry(4, "illegal instruction"),
          Map.entry(5, "trace/breakpoint trap"),
          Map.entry(6, "aborted"),
          Map.entry(7, "bus error"),
          Map.entry(8, "floating point exception"),
          Map.entry(SIGKILL, "killed"),
          Map.entry(11, "segmentation fault"),
          Map.entry(13, "broken pipe"),
          Map.entry(14, "alarm clock"),
          Map.entry(15, "terminated"));

  /**
   * Reads what the supervisor left.
   *
   * @param exitCode its exit code: the command's, or 128 + signal
   * @param report what it said about a signal; empty if the command returned by itself. Silent
   *     about SIGINT and SIGPIPE, which then look like codes 130 and 141
   * @param killSent whether this server sent SIGKILL
   */
  public static ExitStatus of(int exitCode, String report, boolean killSent) {
    int signal = exitCode - SIGNAL_BASE;
    boolean signalled = !report.isBlank() || (killSent && signal == SIGKILL);
    if (signalled && signal > 0) {
      String name = SIGNALS.getOrDefault(signal, "signal " + signal);
      return new ExitStatus(-1, false, "signal: " + name);
    }
    return new ExitStatus(exitCode, true, "exit status " + exitCode);
  }

  /** The end event; zero values are left out, as protobuf's JSON does. */
  public ObjectNode event() {
    ObjectNode root = Wire.object();
    ObjectNode end = root.putObject("event").putObject("end");
    if (code != 0) {
      end.put("exitCode", code);
    }
    if (exited) {
      end.put("exited", true);
    }
    end.put("status", text);
    if (code != 0) {
      end.put("error", text);
    }
    return root;
  }
}
