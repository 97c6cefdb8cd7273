package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.SandboxMetrics;
import java.util.List;

final class MetricsScenario implements Scenario {
  @Override
  public String name() {
    return "metrics";
  }

  @Override
  public void observe(World world, Observations seen) {
    String id = world.sandbox().sandboxId();
    List<SandboxMetrics> metrics = world.client().metrics(id, null, null);
    SandboxMetrics one = metrics.get(metrics.size() - 1);
    seen.say("metrics.cpus", one.cpuCount() > 0);
    seen.say("metrics.memory", one.memoryUsed() > 0 && one.memoryUsed() < one.memoryTotal());
    seen.say("metrics.disk", one.diskUsed() > 0 && one.diskUsed() < one.diskTotal());
  }
}
