package dev.repofleet.bench;

import dev.repofleet.starter.command.Amounts;
import dev.repofleet.starter.it.Chaos;
import dev.repofleet.starter.it.FleetProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code repofleet chaos}: batches to which everything happens, one after the other until the time
 * is over; each has a seed of its own, the first one's plus its number. Ends with 1 at the first
 * that does not come out as it must, and says how to have it again.
 */
@Command(
    name = "repofleet chaos",
    description = {
      "Lets everything happen to one batch after the other, until the time is over.",
      "Ends with 1 at the first that does not come out as it must."
    })
public final class ChaosRounds implements Callable<Integer> {
  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the first; the next ones count on. Default: any.")
  private @Nullable Long seed;

  @Option(
      names = "--time",
      paramLabel = "T",
      defaultValue = "10m",
      converter = TimeConverter.class,
      description = "After which no other is begun, such as 90s or 1h30m. Default: 10m.")
  private Duration time = Duration.ZERO;

  @Option(names = "--help", usageHelp = true, description = "Shows this.")
  @SuppressWarnings("UnusedVariable") // picocli's own to read
  private boolean help;

  private ChaosRounds() {}

  /** Runs them, and exits: with 2 on wrong use. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ChaosRounds()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Bench.quietLogs();
    Bench.endWithAll();
    return rounds(seed == null ? new SecureRandom().nextInt(1 << 30) : seed);
  }

  private static final class TimeConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String typed) {
      try {
        return Amounts.duration(typed);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  private int rounds(long first) throws IOException {
    Chaos.Form form = Chaos.Form.WHOLE;
    long begun = System.nanoTime();
    int rounds = 0;
    while (rounds == 0 || MeasuredFleet.seconds(begun) < time.toSeconds()) {
      long chosen = first + rounds;
      long round = System.nanoTime();
      Path folder = Files.createTempDirectory("repofleet-chaos-");
      System.setProperty(FleetProcesses.LOGS, folder.resolve("logs").toString());
      System.out.printf(
          "Round %d, seed %d: %d repositories, %d workers, %d events%n",
          rounds + 1, chosen, form.repositories(), form.workers(), form.events());
      try {
        Chaos.run("chaos", folder, chosen, form);
      } catch (AssertionError | RuntimeException e) {
        e.printStackTrace();
        System.err.printf(
            "Round %d does not hold. The same again: repofleet chaos --time 1s --seed %d%nIts logs and state: %s%n",
            rounds + 1, chosen, folder);
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
