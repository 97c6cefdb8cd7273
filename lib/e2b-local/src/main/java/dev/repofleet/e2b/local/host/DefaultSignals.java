package dev.repofleet.e2b.local.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The words before a command where this server ignores signals: {@code nohup} and a shell's {@code
 * &} start it that way, a program inherits it from the one that starts it, and Ctrl-C in a
 * sandbox's terminal would reach nobody. At E2B a command starts with every signal's default.
 */
final class DefaultSignals {
  /** SIGHUP, SIGINT and SIGQUIT as {@code /proc} counts them. */
  private static final long OF_A_TERMINAL = 0b111;

  private DefaultSignals() {}

  /** None where this process ignores none of a terminal's signals, or the kernel does not tell. */
  static List<String> words() {
    try {
      return words(Files.readString(Path.of("/proc/self/status")));
    } catch (IOException untold) {
      return List.of();
    }
  }

  /**
   * @param status as of {@code /proc/PID/status}
   */
  static List<String> words(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("SigIgn:"))
        .map(line -> Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16))
        .filter(ignored -> (ignored & OF_A_TERMINAL) != 0)
        .findFirst()
        .map(
            ignored ->
                List.of(HostPrograms.find("env", "coreutils"), "--default-signal=HUP,INT,QUIT"))
        .orElse(List.of());
  }
}
