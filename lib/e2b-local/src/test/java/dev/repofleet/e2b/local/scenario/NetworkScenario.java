package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.NetworkInfo;
import dev.repofleet.e2b.SandboxNetwork;
import java.util.Objects;

final class NetworkScenario implements Scenario {
  @Override
  public String name() {
    return "network";
  }

  @Override
  public void observe(World world, Observations seen) {
    world.sandbox().updateNetwork(SandboxNetwork.builder().denyOut("10.0.0.0/8").build());
    NetworkInfo network = Objects.requireNonNull(world.sandbox().info().network());
    seen.say("network.shown", String.join(",", network.denyOut()));
  }
}
