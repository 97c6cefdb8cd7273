package dev.repofleet.bench;

import dev.repofleet.starter.it.SimulatedBatch;
import dev.repofleet.starter.it.SimulatedFleet;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.activities.agent.RunSeen;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What a worker needs to follow very many agents at once, and how late it tells of them. */
final class FollowBench implements Benchmark {
  /** Until all are at work, while they are looked at, and for the samples after that. */
  private static final Duration AGENT = Duration.ofMinutes(15);

  private static final Duration LOOK = Duration.ofSeconds(60);
  private static final int A_BATCH = 500;
  private static final int SAMPLES = 5;

  /** Ten heartbeats; an agent that is not told of by then has ended. */
  private static final Duration MOST_DELAY = Duration.ofMinutes(2);

  @Override
  public String parameters() {
    return "[AGENTS]";
  }

  @Override
  public String about() {
    return "one worker that follows so many agents; 1000";
  }

  @Override
  public void run(List<String> arguments) throws InterruptedException {
    int agents = Benchmark.number(arguments, 0, 1_000);
    try (MeasuredFleet fleet = new MeasuredFleet(AGENT, 1, agents, ThroughputBench.CREATE_RATE)) {
      for (int from = 0; from < agents; from += A_BATCH) {
        fleet.begin(batch(from), Math.min(A_BATCH, agents - from), A_BATCH);
      }
      Waiting.until(
          "all agents are at work",
          AGENT.minusMinutes(7),
          () -> fleet.parts().agents().atWork() >= agents);
      long worker = fleet.workers().get(0).process().pid();
      double cpu = fleet.workersCpu();
      double server = fleet.serverCpu();
      Thread.sleep(LOOK.toMillis());
      double cpuShare = (fleet.workersCpu() - cpu) / LOOK.toSeconds();
      double serverShare = (fleet.serverCpu() - server) / LOOK.toSeconds();
      List<Double> delays = delays(fleet.parts(), agents);
      ProcessUse use = ProcessUse.of(worker);
      new Table(
              "follow",
              "agents",
              "worker RSS MiB",
              "peak MiB",
              "worker CPU of a core",
              "server CPU of a core",
              "print to heartbeat p50 s",
              "latest s")
          .row(
              agents,
              use.residentMiB(),
              use.peakMiB(),
              cpuShare,
              serverShare,
              delays.get(delays.size() / 2),
              delays.get(delays.size() - 1));
    }
  }

  private static String batch(int from) {
    return "follow-" + from;
  }

  /**
   * From when an agent says something until the server has heard of it, sorted; of those that came
   * last, which have most of their time before them.
   */
  private static List<Double> delays(SimulatedFleet fleet, int agents) throws InterruptedException {
    List<Double> delays = new ArrayList<>();
    int from = (agents - 1) / A_BATCH * A_BATCH;
    for (int last = agents - from - 1; last >= 0 && delays.size() < SAMPLES; last--) {
      String review = Fleet.reviewWorkflowId(batch(from), SimulatedBatch.key(batch(from), last));
      long started = fleet.agents().startedAt(SessionId.of(review, 0).toString()).orElseThrow();
      // As the simulated agent has it: a pause before each message and one before the end.
      long apart = AGENT.toNanos() / (MeasuredFleet.MESSAGES + 1);
      int before = messages(fleet, review);
      long next = started;
      while (next < System.nanoTime()) {
        next += apart;
      }
      while (System.nanoTime() < next || messages(fleet, review) == before) {
        if (System.nanoTime() > next + MOST_DELAY.toNanos()) {
          throw new IllegalStateException(
              "no heartbeat tells what the agent of " + review + " said");
        }
        Thread.sleep(50);
        if (System.nanoTime() < next) {
          before = messages(fleet, review);
        }
      }
      delays.add((System.nanoTime() - next) / 1e9);
    }
    delays.sort(null);
    return delays;
  }

  /** How many messages of the agent the last heartbeat told of. */
  private static int messages(SimulatedFleet fleet, String review) {
    return fleet.parts().pending(review).stream()
        .filter(activity -> activity.getActivityType().getName().equals("Run"))
        .filter(activity -> activity.getHeartbeatDetails().getPayloadsCount() > 0)
        .map(activity -> seen(activity.getHeartbeatDetails().getPayloads(0)).progress())
        .filter(Objects::nonNull)
        .mapToInt(RunSeen.Numbers::agentMessages)
        .findFirst()
        .orElse(0);
  }

  private static RunSeen seen(Payload details) {
    return DefaultDataConverter.STANDARD_INSTANCE.fromPayload(
        details, RunSeen.class, RunSeen.class);
  }
}
