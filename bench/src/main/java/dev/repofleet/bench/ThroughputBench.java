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
    return "one batch against the design's bound; 600 60 100";
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
        "design s",
        "design / took",
        "least s",
        "least / took",
        "repositories/s",
        "worker CPU s",
        "server CPU s");
  }

  /**
   * The bound that the design measures by: the work by all sandboxes, or as fast as they are
   * created, and the last one's time. Where the last of them do as much as the others it is a whole
   * agent's time more than {@link #least}.
   */
  static double design(int repositories, double seconds, int sandboxes) {
    return Math.max(repositories * seconds / sandboxes, (double) repositories / CREATE_RATE)
        + seconds;
  }

  /**
   * What nobody is faster than: as many agents one after the other as the last sandbox that begins
   * them needs, behind the creates before it, or all creates and the last one's time.
   */
  static double least(int repositories, double seconds, int sandboxes) {
    int rounds = (repositories + sandboxes - 1) / sandboxes;
    int inTheLast = repositories - (rounds - 1) * sandboxes;
    return Math.max(
        rounds * seconds + (double) inTheLast / CREATE_RATE,
        (double) repositories / CREATE_RATE + seconds);
  }

  /**
   * Runs a batch and prints its row.
   *
   * @return the design's bound through real time
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
    double design = design(repositories, seconds, sandboxes);
    double least = least(repositories, seconds, sandboxes);
    table.row(
        repositories,
        seconds,
        sandboxes,
        took,
        design,
        design / took,
        least,
        least / took,
        repositories / took,
        fleet.workersCpu() - workers,
        fleet.serverCpu() - server);
    return design / took;
  }
}
