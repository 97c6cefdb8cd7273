package dev.repofleet.starter.it;

import dev.repofleet.starter.embedded.SeparateTemporal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The program in processes of its own, as many as a test needs, each with an environment that has
 * nothing of the person who runs the test. Closing ends them, the last one first.
 */
public final class FleetProcesses implements AutoCloseable {
  /** Folder of the logs. */
  public static final String LOGS = "repofleet.it.logs";

  /** What a process can't do without; everything else a test gives by name. */
  private static final List<String> KEPT = List.of("PATH", "HOME", "LANG", "TMPDIR");

  /** How many there were for each test. */
  private static final Map<String, Integer> FLEETS = new ConcurrentHashMap<>();

  private final Path logs;
  private final Deque<FleetProcess> processes = new ArrayDeque<>();

  /**
   * Processes whose output goes to {@code target/it/<test>}; those of another fleet of that test,
   * which may be at work at the same time, to {@code <test>-2} and so on.
   */
  public FleetProcesses(String test) {
    int fleet = FLEETS.merge(test, 1, Integer::sum);
    String folder = fleet == 1 ? test : test + "-" + fleet;
    try {
      logs =
          Files.createDirectories(
              Path.of(System.getProperty(LOGS, "target/it"), folder).toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The environment that all start with. */
  public static Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().retainAll(KEPT);
    environment.put("REPOFLEET_TEMPORAL", SeparateTemporal.program().toString());
    return environment;
  }

  /**
   * Starts one and returns.
   *
   * @param name of its two log files
   * @param environment in addition to {@link #environment()}
   */
  public FleetProcess start(
      String name, Path folder, Map<String, String> environment, String... arguments) {
    return start(name, folder, environment, List.of(), arguments);
  }

  /**
   * The same as from a terminal: Ctrl-C ends it. A test that runs in the background has that signal
   * ignored, and what it starts inherits this.
   */
  public FleetProcess startInForeground(
      String name, Path folder, Map<String, String> environment, String... arguments) {
    return start(name, folder, environment, List.of("env", "--default-signal=INT"), arguments);
  }

  private FleetProcess start(
      String name,
      Path folder,
      Map<String, String> environment,
      List<String> before,
      String... arguments) {
    List<String> command = new ArrayList<>(before);
    boolean byAnother = environment.containsKey(ProductCommand.JAVA_HOME);
    command.addAll(byAnother ? ProductCommand.words(environment) : ProductCommand.words());
    command.addAll(Arrays.asList(arguments));
    Path out = logs.resolve(name + ".out");
    Path err = logs.resolve(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment());
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      FleetProcess started = new FleetProcess(name, process, out, err);
      processes.push(started);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    while (!processes.isEmpty()) {
      processes.pop().close();
    }
  }
}
