package dev.repofleet.e2b.local.simulated;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The small tools of the {@link SimulatedShell}. Guarded by the machine's lock. */
final class SimulatedCoreutils {
  private static final Set<String> NAMES =
      Set.of(
          ":", "true", "false", "echo", "printf", "cat", "mkdir", "rm", "mv", "chmod", "touch",
          "pwd", "id", "test", "[");

  private final SimulatedProcess process;
  private final MemoryFiles files;
  private final int mask;
  private final SimulatedShell.Redirection target;

  SimulatedCoreutils(SimulatedProcess process, int mask, SimulatedShell.Redirection target) {
    this.process = process;
    this.files = process.files();
    this.mask = mask;
    this.target = target;
  }

  boolean knows(String name) {
    return NAMES.contains(name);
  }

  /** The exit code. Flags are read where they change something, and refused where unknown. */
  int run(List<String> argv) {
    List<String> arguments = new ArrayList<>(argv.subList(1, argv.size()));
    String user = process.user();
    switch (argv.get(0)) {
      case "false" -> {
        return 1;
      }
      case "echo" -> target.out(String.join(" ", arguments) + "\n");
      case "printf" -> target.out(formatted(arguments));
      case "pwd" -> target.out(process.directory() + "\n");
      case "id" -> target.out(user.equals(MemoryFiles.ROOT) ? "0\n" : "1000\n");
      case "cat" -> paths(arguments, "").forEach(path -> target.out(files.read(path, user)));
      case "mkdir" -> paths(arguments, "p").forEach(this::makeDirectory);
      case "touch" -> paths(arguments, "").forEach(path -> files.append(path, new byte[0], user));
      case "rm" -> paths(arguments, "rf").forEach(path -> files.remove(path, user));
      case "mv" -> {
        List<String> both = paths(arguments, "fT");
        files.move(both.get(0), both.get(1), user);
      }
      case "chmod" -> {
        int mode = Integer.parseInt(arguments.remove(0), 8);
        paths(arguments, "").forEach(path -> files.setMode(path, mode, user));
      }
      case "test" -> {
        return test(arguments);
      }
      case "[" -> {
        return test(arguments.subList(0, arguments.size() - 1));
      }
      default -> {
        // True, whatever its arguments.
      }
    }
    return 0;
  }

  private void makeDirectory(String path) {
    files.makeDirectories(path, process.user(), mask);
  }

  private List<String> paths(List<String> arguments, String flags) {
    List<String> paths = new ArrayList<>();
    for (String argument : arguments) {
      if (!argument.startsWith("-")) {
        paths.add(process.absolute(argument));
      } else if (!argument.matches("--|-[" + flags + "-]+")) {
        throw new ShellWords.Unsupported("the flag " + argument);
      }
    }
    return paths;
  }

  private static String formatted(List<String> arguments) {
    String format = arguments.get(0).replace("\\n", "\n").replace("\\0", "\0");
    for (String argument : arguments.subList(1, arguments.size())) {
      int at = format.indexOf("%s");
      if (at < 0) {
        throw new ShellWords.Unsupported("printf with more arguments than places");
      }
      format = format.substring(0, at) + argument + format.substring(at + 2);
    }
    return format;
  }

  private int test(List<String> arguments) {
    boolean not = arguments.get(0).equals("!");
    List<String> plain = not ? arguments.subList(1, arguments.size()) : arguments;
    boolean holds =
        switch (plain.get(0)) {
          case "-e" -> files.exists(process.absolute(plain.get(1)));
          case "-f" -> is(plain.get(1), false);
          case "-d" -> is(plain.get(1), true);
          case "-n" -> !plain.get(1).isEmpty();
          case "-z" -> plain.get(1).isEmpty();
          default -> {
            if (plain.size() != 3 || !plain.get(1).matches("!?=")) {
              throw new ShellWords.Unsupported("the test " + plain);
            }
            yield plain.get(0).equals(plain.get(2)) == plain.get(1).equals("=");
          }
        };
    return holds == not ? 1 : 0;
  }

  private boolean is(String path, boolean directory) {
    return files.stat(process.absolute(path)).filter(it -> it.directory() == directory).isPresent();
  }
}
