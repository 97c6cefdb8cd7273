package dev.repofleet.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code repofleet bench NAME}: measures one thing that the docs claim, and prints it. */
public final class Bench {
  private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();

  static {
    ALL.put("overhead", new OverheadBench());
    ALL.put("throughput", new ThroughputBench());
    ALL.put("saturation", new SaturationBench());
    ALL.put("growth", new GrowthBench());
    ALL.put("workers", new WorkersBench());
    ALL.put("client", new ClientBench());
    ALL.put("permit", new PermitBench());
    ALL.put("follow", new FollowBench());
    ALL.put("recovery", new RecoveryBench());
  }

  private Bench() {}

  /** Who ends a measurement ends the servers and workers that it has started. */
  static void endWithAll() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly),
                "bench-end"));
  }

  /** The program's own configuration is for people who run it; its class path is here too. */
  static void quietLogs() {
    System.setProperty("logback.configurationFile", "bench-logback.xml");
  }

  /**
   * Runs one benchmark; exits with 2 on wrong use.
   *
   * @param args the benchmark's name, then its own arguments
   */
  public static void main(String[] args) throws Exception {
    if (asksForHelp(args)) {
      System.out.println("usage: repofleet bench NAME [ARGUMENT...]; there are:");
      list(System.out);
      return;
    }
    Benchmark benchmark = args.length == 0 ? null : ALL.get(args[0]);
    if (benchmark == null) {
      System.err.printf(
          "repofleet bench: %s; there are:%n",
          args.length == 0 ? "no benchmark named" : "no benchmark is called '" + args[0] + "'");
      list(System.err);
      System.exit(2);
      return;
    }
    quietLogs();
    endWithAll();
    try {
      benchmark.run(taken(benchmark, Arrays.asList(args).subList(1, args.length)));
    } catch (IllegalArgumentException e) {
      System.err.printf(
          "repofleet bench %s: %s%nusage: repofleet bench %s %s%n",
          args[0], e.getMessage(), args[0], benchmark.parameters());
      System.exit(2);
    }
    // Fleets leave threads of libraries behind that end nothing.
    System.exit(0);
  }

  static boolean asksForHelp(String[] args) {
    return Arrays.asList(args).contains("--help") || Arrays.asList(args).contains("-h");
  }

  private static void list(PrintStream out) {
    ALL.forEach(
        (name, each) -> out.printf("  %-10s %-39s  %s%n", name, each.parameters(), each.about()));
  }

  private static List<String> taken(Benchmark benchmark, List<String> arguments) {
    String parameters = benchmark.parameters();
    int most = parameters.isEmpty() ? 0 : parameters.split(" ", -1).length;
    if (arguments.size() > most && !parameters.contains("...")) {
      throw new IllegalArgumentException("takes no '" + arguments.get(most) + "'");
    }
    return arguments;
  }
}
