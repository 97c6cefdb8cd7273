package dev.repofleet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One repository through the fleet against a plain script with the official SDK, which only creates
 * a sandbox, runs the agent and kills the sandbox: the same server, the same agent.
 */
final class OverheadBench implements Benchmark {
  private static final double A_MINUTE = 60;

  @Override
  public String parameters() {
    return "[SECONDS [ROUNDS]]";
  }

  @Override
  public String about() {
    return "one repository by the fleet and by a plain script; 10 7";
  }

  @Override
  public void run(List<String> arguments) throws IOException, InterruptedException {
    int seconds = Benchmark.number(arguments, 0, 10);
    int rounds = Benchmark.number(arguments, 1, 7);
    Path work = Files.createTempDirectory("repofleet-bench-");
    try {
      run(seconds, rounds, work);
    } finally {
      Folders.delete(work);
    }
  }

  private static void run(int seconds, int rounds, Path work)
      throws IOException, InterruptedException {
    OfficialSdk sdk = OfficialSdk.installed(work, "plain.mjs");
    try (MeasuredFleet fleet =
        new MeasuredFleet(Duration.ofSeconds(seconds), 1, 10, ThroughputBench.CREATE_RATE)) {
      fleet.run("warm-up", 5, 1);
      List<Double> byFleet = new ArrayList<>();
      List<Double> byScript = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        byFleet.add(fleet.run("one-" + round, 1, 1));
        byScript.add(
            Double.parseDouble(
                sdk.run(fleet.parts().account().environment(), List.of("1")).strip()));
      }
      double fleetMedian = median(byFleet);
      double scriptMedian = median(byScript);
      new Table(
              "overhead",
              "agent s",
              "rounds",
              "script p50 s",
              "fleet p50 s",
              "more s",
              "of a minute")
          .row(
              seconds,
              rounds,
              scriptMedian,
              fleetMedian,
              fleetMedian - scriptMedian,
              (fleetMedian - scriptMedian) / A_MINUTE);
    }
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
