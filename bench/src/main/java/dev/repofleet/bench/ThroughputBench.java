package dev.repofleet.bench;

import java.time.Duration;
import java.util.List;

/** How near a batch comes to what the sandboxes alone would allow. */
final class ThroughputBench implements Benchmark {
  static final int CREATE_RATE = 50;

  @Override
  public String parameters() {
    return "[REPOSITORIES [SECONDS [SANDBOXES]]]";
  }

  @Override
  public String about() {
    return "one batch against the ideal; 600 60 100";
  }

  @Override
  public void run(List<String> arguments) {
    int repositories = Benchmark.number(arguments, 0, 600);
    int seconds = Benchmark.number(arguments, 1, 60);
    int sandboxes = Benchmark.number(arguments, 2, 100);
    try (MeasuredFleet fleet =
        new MeasuredFleet(Duration.ofSeconds(seconds), 1, sandboxes, CREATE_RATE)) {
      Table table = table("throughput");
      measure(fleet, table, "one", repositories, seconds, sandboxes);
    }
  }

  /** For the rows of {@link #measure}. */
  static Table table(String benchmark) {
    return new Table(
        benchmark,
        "repositories",
        "agent s",
        "sandboxes",
        "took s",
        "ideal s",
        "ideal / took",
        "repositories/s",
        "worker CPU s",
        "server CPU s");
  }

  /** The work by all sandboxes, or as fast as they are created, and the last one's time. */
  static double ideal(int repositories, double seconds, int sandboxes) {
    return Math.max(repositories * seconds / sandboxes, (double) repositories / CREATE_RATE)
        + seconds;
  }

  /**
   * Runs a batch and prints its row.
   *
   * @return ideal through real time
   */
  static double measure(
      MeasuredFleet fleet,
      Table table,
      String batch,
      int repositories,
      int seconds,
      int sandboxes) {
    double workers = fleet.workersCpu();
    double server = fleet.serverCpu();
    double took = fleet.run(batch, repositories, sandboxes);
    double ideal = ideal(repositories, seconds, sandboxes);
    table.row(
        repositories,
        seconds,
        sandboxes,
        took,
        ideal,
        ideal / took,
        repositories / took,
        fleet.workersCpu() - workers,
        fleet.serverCpu() - server);
    return ideal / took;
  }
}
