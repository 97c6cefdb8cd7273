package dev.repofleet.bench;

import dev.repofleet.starter.it.Chaos;
import dev.repofleet.starter.it.FleetProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * {@code repofleet chaos [MINUTES [SEED]]}: batches to which everything happens, one after the
 * other until the time is over; each has a seed of its own, the first one's plus its number. Ends
 * with 1 at the first that does not come out as it must, and says how to have it again.
 */
public final class ChaosRounds {
  private static final int MINUTES = 10;

  private ChaosRounds() {}

  /**
   * Runs them.
   *
   * @param args minutes, then a seed; without one any
   */
  public static void main(String[] args) throws IOException {
    if (Bench.asksForHelp(args)) {
      System.out.println("usage: repofleet chaos [MINUTES [SEED]]; 10 minutes, any seed");
      return;
    }
    Bench.quietLogs();
    List<String> arguments = Arrays.asList(args);
    int minutes;
    long seed;
    try {
      minutes = Benchmark.number(arguments, 0, MINUTES);
      seed = args.length < 2 ? new SecureRandom().nextInt(1 << 30) : Long.parseLong(args[1]);
    } catch (IllegalArgumentException e) {
      System.err.printf(
          "repofleet chaos: %s%nusage: repofleet chaos [MINUTES [SEED]]%n", e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(rounds(minutes, seed));
  }

  private static int rounds(int minutes, long first) throws IOException {
    Chaos.Form form = Chaos.Form.WHOLE;
    long begun = System.nanoTime();
    int rounds = 0;
    while (rounds == 0 || MeasuredFleet.seconds(begun) < minutes * 60.0) {
      long seed = first + rounds;
      long round = System.nanoTime();
      Path folder = Files.createTempDirectory("repofleet-chaos-");
      System.setProperty(FleetProcesses.LOGS, folder.resolve("logs").toString());
      System.out.printf(
          "Round %d, seed %d: %d repositories, %d workers, %d events%n",
          rounds + 1, seed, form.repositories(), form.workers(), form.events());
      try {
        Chaos.run("chaos", folder, seed, form);
      } catch (AssertionError | RuntimeException e) {
        e.printStackTrace();
        System.err.printf(
            "Round %d does not hold. The same again: repofleet chaos 1 %d%nIts logs and state: %s%n",
            rounds + 1, seed, folder);
        return 1;
      }
      Folders.delete(folder);
      rounds++;
      System.out.printf(
          "Round %d holds, after %.0f s: one result a target, all money counted once, nothing left"
              + " running, nothing lost, no secret, all histories replay%n%n",
          rounds, MeasuredFleet.seconds(round));
    }
    System.out.printf(
        "%d rounds held, %d repositories, %d events, %.0f s%n",
        rounds, rounds * form.repositories(), rounds * form.events(), MeasuredFleet.seconds(begun));
    return 0;
  }
}
