package dev.repofleet.e2b.local.simulated;

import java.util.List;
import java.util.Map;

/**
 * What a process is started with.
 *
 * @param argv the program and its arguments, at least one
 * @param environment its variables
 * @param user {@code root} or {@code user}
 * @param directory absolute
 * @param input what stands on its standard input; empty for nothing
 */
public record ProcessStart(
    List<String> argv,
    Map<String, String> environment,
    String user,
    String directory,
    String input) {
  /** Copies, and refuses a start without a program. */
  public ProcessStart {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a process needs a program to run");
    }
  }
}
