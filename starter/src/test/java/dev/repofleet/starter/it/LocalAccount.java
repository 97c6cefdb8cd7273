package dev.repofleet.starter.it;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.fault.Fault;
import dev.repofleet.e2b.local.fault.FaultKind;
import dev.repofleet.e2b.local.fault.FaultRoute;
import dev.repofleet.e2b.local.sandbox.SandboxStatistics;
import dev.repofleet.e2b.local.simulated.AgentScript;
import dev.repofleet.e2b.local.simulated.Simulation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An E2B account on this machine that fails as real ones do, and counts. */
public final class LocalAccount implements AutoCloseable {
  private final LocalSandboxServer server;
  private final E2bClient client;

  /** One with simulated sandboxes and limits wide enough for anything. */
  public static LocalAccount simulated(Path folder, Duration agentTime) {
    return simulated(folder, agentTime, 1_000, 1_000);
  }

  /** Simulated sandboxes whose agents take so long for each turn, within an account's limits. */
  public static LocalAccount simulated(
      Path folder, Duration agentTime, int quota, double createRate) {
    return simulated(
        folder,
        Simulation.standard().withAgent(new AgentScript(agentTime, 6, 400, 3)),
        quota,
        createRate);
  }

  /** The same with whatever is in these sandboxes. */
  public static LocalAccount simulated(
      Path folder, Simulation simulation, int quota, double createRate) {
    return new LocalAccount(
        LocalSandboxOptions.builder(folder)
            .simulate(simulation)
            .quota(quota)
            .createRate(createRate)
            .build());
  }

  /** Real sandboxes, within an account's limits. */
  public static LocalAccount real(Path folder, int quota, double createRate) {
    return new LocalAccount(
        LocalSandboxOptions.builder(folder).quota(quota).createRate(createRate).build());
  }

  private LocalAccount(LocalSandboxOptions options) {
    server = new LocalSandboxServer(options);
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    client = new E2bClient(E2bOptions.fromEnvironment(environment()));
  }

  /** The variables by which workers reach it. */
  public Map<String, String> environment() {
    return server.environment();
  }

  /** From now on answers are lost, requests fail and are refused, by the dice of a seed. */
  public void fail(long seed) {
    server
        .faults()
        .replace(
            List.of(
                fault(FaultKind.LOST_ANSWER, 0.05, seed, FaultRoute.CREATE),
                fault(FaultKind.LOST_ANSWER, 0.02, seed + 1, FaultRoute.KILL),
                fault(FaultKind.INTERNAL_ERROR, 0.03, seed + 2, FaultRoute.CREATE),
                fault(FaultKind.INTERNAL_ERROR, 0.02, seed + 3, FaultRoute.LIST),
                fault(FaultKind.QUOTA, 0.03, seed + 4, FaultRoute.CREATE),
                fault(FaultKind.RATE_LIMITED, 0.03, seed + 5, FaultRoute.CREATE)));
  }

  private static Fault fault(FaultKind kind, double share, long seed, FaultRoute route) {
    return Fault.of(kind).on(route).probability(share, seed).always().build();
  }

  /** One more fault from now on. */
  public void fail(Fault fault) {
    server.faults().add(fault);
  }

  /** Ends all faults. */
  public void heal() {
    server.faults().clear();
  }

  /** How it was used. */
  public SandboxStatistics statistics() {
    return server.statistics();
  }

  /** All sandboxes, running and paused. */
  public List<SandboxInfo> sandboxes() {
    return client.list(SandboxQuery.all());
  }

  /** The same while the account fails; empty when it does not say. */
  public List<SandboxInfo> sandboxesIfSaid() {
    try {
      return sandboxes();
    } catch (E2bException e) {
      return List.of();
    }
  }

  /** Deletes one without a word to anybody. */
  public void kill(String sandboxId) {
    try {
      client.kill(sandboxId);
    } catch (E2bException e) {
      System.out.println(sandboxId + " could not be killed: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
