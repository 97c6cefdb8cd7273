package dev.repofleet.bench;

import com.google.protobuf.util.Timestamps;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.it.SimulatedBatch;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.SessionId;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * SIGKILL for the worker that follows an agent, again and again: how soon another follows the same
 * process, and whether it stayed the only one.
 */
final class RecoveryBench implements Benchmark {
  private static final String BATCH = "killed";
  private static final int SECONDS_A_KILL = 20;
  private static final Duration SOON = Duration.ofMinutes(2);

  @Override
  public String parameters() {
    return "[KILLS]";
  }

  @Override
  public String about() {
    return "kill -9 of the worker that follows an agent; 50";
  }

  @Override
  public void run(List<String> arguments) {
    int kills = Benchmark.number(arguments, 0, 50);
    try (MeasuredFleet fleet =
        new MeasuredFleet(Duration.ofSeconds((long) kills * SECONDS_A_KILL), 2, 10, 10)) {
      fleet.parts().begin(new SimulatedBatch.Work(BATCH, 1, 1));
      Waiting.until("the agent is at work", SOON, () -> fleet.parts().agents().atWork() > 0);
      List<Double> gaps = new ArrayList<>();
      for (int kill = 0; kill < kills; kill++) {
        gaps.add(killed(fleet));
      }
      List<Double> sorted = gaps.stream().sorted().toList();
      String session =
          SessionId.of(Fleet.reviewWorkflowId(BATCH, SimulatedBatch.key(BATCH, 0)), 0).toString();
      int processes = fleet.parts().agents().processes(session);
      Table table =
          new Table(
              "recovery",
              "kills",
              "heartbeat timeout s",
              "followed again p50 s",
              "latest s",
              "last ten p50 s",
              "agent processes");
      table.row(
          kills,
          SimulatedBatch.HURRIED.toSeconds(),
          median(sorted),
          sorted.get(sorted.size() - 1),
          median(gaps.subList(Math.max(0, kills - 10), kills).stream().sorted().toList()),
          processes);
    }
  }

  private static double median(List<Double> sorted) {
    return sorted.get(sorted.size() / 2);
  }

  /** Seconds from a kill until another worker began to follow, by the server's clock. */
  private static double killed(MeasuredFleet fleet) {
    Waiting.until("the replacement polls", Waiting.LONG, fleet.parts().workers()::allPoll);
    Waiting.until("an agent is followed", SOON, () -> follower(fleet).isPresent());
    AttackedWorker follower = follower(fleet).orElseThrow();
    long killed = System.currentTimeMillis();
    fleet.parts().workers().killAndReplace(follower);
    Waiting.until(
        "another follows it",
        SOON,
        () -> run(fleet).filter(run -> !follower.is(run.getLastWorkerIdentity())).isPresent());
    return (Timestamps.toMillis(run(fleet).orElseThrow().getLastStartedTime()) - killed) / 1e3;
  }

  private static Optional<AttackedWorker> follower(MeasuredFleet fleet) {
    return run(fleet).flatMap(run -> fleet.parts().workers().of(run.getLastWorkerIdentity()));
  }

  private static Optional<PendingActivityInfo> run(MeasuredFleet fleet) {
    String id = Fleet.reviewWorkflowId(BATCH, SimulatedBatch.key(BATCH, 0));
    return fleet.parts().parts().pending(id).stream()
        .filter(activity -> activity.getActivityType().getName().equals("Run"))
        .filter(PendingActivityInfo::hasLastStartedTime)
        .filter(
            activity ->
                activity.getState()
                    == io.temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED)
        .findFirst();
  }
}
