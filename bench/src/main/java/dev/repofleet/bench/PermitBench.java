package dev.repofleet.bench;

import dev.repofleet.starter.it.PoolPermits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How long a permit of the pool is waited for by what else than sandboxes. */
final class PermitBench implements Benchmark {
  private static final int ROUNDS = 3;

  @Override
  public String about() {
    return "a permit of the pool alone, 50 at once, and under load; three times";
  }

  @Override
  public void run(List<String> arguments) throws IOException {
    Table table =
        new Table(
            "permit",
            "alone p50 ms",
            "50 at once p50 ms",
            "permits/s",
            "events alone",
            "events under load");
    for (int round = 0; round < ROUNDS; round++) {
      Path folder = Files.createTempDirectory("repofleet-bench-");
      PoolPermits.Cost cost = PoolPermits.measure(folder);
      table.row(
          cost.aloneMillis(),
          cost.atOnceMillis(),
          cost.perSecond(),
          cost.aloneEvents(),
          cost.loadedEvents());
    }
  }
}
