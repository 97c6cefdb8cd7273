package dev.repofleet.bench;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Shorter and shorter work, until the machine and not the sandboxes is what limits. */
final class SaturationBench implements Benchmark {
  private static final List<Integer> SECONDS = List.of(30, 20, 15, 10, 5, 2, 1);
  private static final int SANDBOXES = 100;
  private static final int WAVES = 4;
  private static final double ENOUGH = 0.9;

  @Override
  public String parameters() {
    return "[SECONDS...]";
  }

  @Override
  public String about() {
    return "where one worker falls under 90 % of the design's bound; 30 20 15 10 5 2 1";
  }

  @Override
  public void run(List<String> arguments) {
    List<Integer> all =
        arguments.isEmpty()
            ? SECONDS
            : IntStream.range(0, arguments.size())
                .mapToObj(at -> Benchmark.number(arguments, at, 1))
                .toList();
    double most = 0;
    Table table = ThroughputBench.table("saturation");
    for (int seconds : all) {
      try (MeasuredFleet fleet =
          new MeasuredFleet(
              Duration.ofSeconds(seconds), 1, SANDBOXES, ThroughputBench.CREATE_RATE)) {
        // Classes are loaded and compiled by then.
        fleet.run("warm-up", SANDBOXES, SANDBOXES);
        int repositories = WAVES * SANDBOXES;
        long start = System.nanoTime();
        double share =
            ThroughputBench.measure(fleet, table, "one", repositories, seconds, SANDBOXES);
        if (share >= ENOUGH) {
          most = Math.max(most, repositories / MeasuredFleet.seconds(start));
        }
      }
    }
    System.out.printf("%nMost repositories/s at 90 %% of the design's bound or more: %.2f%n", most);
  }
}
