package dev.repofleet.e2b.local.simulated;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs that run other ones: shells, {@code timeout}, {@code python3}. Stateless. */
final class Interpreters {
  private static final int TIMED_OUT = 124;

  private Interpreters() {}

  static Map<String, SimulatedProgram> programs() {
    SimulatedProgram shell = Interpreters::shell;
    return Map.of(
        "bash",
        shell,
        "sh",
        shell,
        "python3",
        Interpreters::python,
        "timeout",
        Interpreters::timeout);
  }

  /**
   * {@code sh -c TEXT NAME ARGUMENT…}: a text that bears the name of a program here is that
   * program; any other is read by {@link SimulatedShell}.
   */
  private static void shell(SimulatedProcess process) {
    List<String> arguments = new ArrayList<>(process.arguments());
    while (!arguments.isEmpty() && arguments.get(0).matches("-[a-bd-zA-Z]+")) {
      arguments.remove(0);
    }
    if (arguments.isEmpty() || !arguments.get(0).matches("-[a-z]*c")) {
      script(process, arguments);
    } else if (arguments.size() > 2 && process.machine().knows(arguments.get(2))) {
      process.become(arguments.subList(2, arguments.size()));
    } else if (arguments.size() > 1) {
      SimulatedShell.run(
          process,
          arguments.get(1),
          arguments.subList(Math.min(2, arguments.size()), arguments.size()));
    } else {
      process.fail(2, "-c: option requires an argument");
    }
  }

  /** {@code python3 [-OPTIONS] FILE ARGUMENT…}. */
  private static void python(SimulatedProcess process) {
    List<String> arguments = process.arguments();
    boolean options = !arguments.isEmpty() && arguments.get(0).startsWith("-");
    script(process, options ? arguments.subList(1, arguments.size()) : arguments);
  }

  private static void script(SimulatedProcess process, List<String> arguments) {
    if (arguments.isEmpty()) {
      process.fail(2, "a simulated sandbox has no interactive programs");
    } else if (!process.files().exists(process.absolute(arguments.get(0)))) {
      process.fail(2, arguments.get(0) + ": No such file or directory");
    } else {
      process.become(arguments);
    }
  }

  /** {@code timeout [-k SECONDS] SECONDS PROGRAM ARGUMENT…}. */
  private static void timeout(SimulatedProcess process) {
    List<String> arguments = process.arguments();
    int at = arguments.size() > 2 && arguments.get(0).equals("-k") ? 2 : 0;
    if (arguments.size() < at + 2) {
      process.fail(125, "timeout: missing operand");
      return;
    }
    process.after(seconds(arguments.get(at)), () -> process.exit(TIMED_OUT));
    process.become(arguments.subList(at + 1, arguments.size()));
  }

  static Duration seconds(String text) {
    return Duration.ofNanos(new BigDecimal(text).movePointRight(9).longValue());
  }
}
