package dev.repofleet.worker.agent;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.FailureMapper;
import dev.repofleet.worker.FleetMetrics;
import dev.repofleet.worker.PlanSource;
import dev.repofleet.worker.sandbox.SandboxConnections;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.AgentActivities;
import dev.repofleet.workflows.activities.TurnInput;
import dev.repofleet.workflows.activities.TurnOutcome;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs turns. Each attempt starts the process or follows the one there is; no attempt ever stops
 * one. Thread-safe.
 */
public final class AgentActivitiesImpl implements AgentActivities {
  /** As many attempts in a row without a new byte of output, and the repository is set aside. */
  private static final int MAX_ATTEMPTS_WITHOUT_PROGRESS = 5;

  private static final long MAX_RESULT_BYTES = 1 << 20;

  private final SandboxConnections connections;
  private final ArtifactStore store;
  private final PlanSource plans;
  private final AgentEnvironment environment;
  private final FleetMetrics metrics;

  /** Runs agents in the sandboxes of {@code connections}, their artifacts go to {@code store}. */
  public AgentActivitiesImpl(
      SandboxConnections connections,
      ArtifactStore store,
      PlanSource plans,
      AgentEnvironment environment,
      FleetMetrics metrics) {
    this.connections = connections;
    this.store = store;
    this.plans = plans;
    this.environment = environment;
    this.metrics = metrics;
  }

  @Override
  public TurnOutcome run(TurnInput input) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    RunProgress progress =
        context.getHeartbeatDetails(RunProgress.class).orElse(RunProgress.NONE).attempt();
    context.heartbeat(progress);
    Optional<TurnOutcome> finished = finishedBefore(input);
    if (finished.isPresent()) {
      return finished.get();
    }
    if (progress.attemptsWithoutProgress() > MAX_ATTEMPTS_WITHOUT_PROGRESS) {
      throw FailureMapper.failure(
          Cause.QUARANTINED,
          "turn "
              + input.turn()
              + " of "
              + input.key()
              + " brought nothing new in "
              + MAX_ATTEMPTS_WITHOUT_PROGRESS
              + " attempts; it is set aside",
          null);
    }
    metrics.runBegins();
    try {
      return follow(input, progress, context);
    } catch (E2bException e) {
      throw FailureMapper.map(
          e, "turn " + input.turn() + " in sandbox " + input.sandboxId() + " was lost sight of");
    } finally {
      metrics.runLetGo();
    }
  }

  private TurnOutcome follow(
      TurnInput input, RunProgress progress, ActivityExecutionContext context) {
    Duration life = input.time().plusMinutes(10);
    Sandbox sandbox = connections.connect(input.sandboxId(), life);
    Plan plan = plans.read(input.plan());
    RunState end =
        new TurnRun(sandbox, input, plan, environment.of(input.agent(), plan))
            .follow(progress, pollInterval(context), context::heartbeat);
    TurnOutcome outcome = new TurnHarvest(sandbox, input, store).take(end);
    store.putNamed(resultPath(input), ArtifactJson.pretty(outcome));
    metrics.turnEnded(outcome);
    return outcome;
  }

  /** A Reset, or a completion Temporal never heard of, finds the turn's result here for nothing. */
  private Optional<TurnOutcome> finishedBefore(TurnInput input) {
    String path = resultPath(input);
    return store
        .readIfPresent("artifact:" + path, MAX_RESULT_BYTES)
        .map(json -> ArtifactJson.read(json, TurnOutcome.class, path));
  }

  private static String resultPath(TurnInput input) {
    return "checkpoints/%s/%s/%d/%d/result.json"
        .formatted(input.batch(), input.key(), input.generation(), input.turn());
  }

  /** A third of the heartbeat timeout: a beat may be late once without being missed. */
  private static Duration pollInterval(ActivityExecutionContext context) {
    Duration timeout = context.getInfo().getHeartbeatTimeout();
    Duration third = timeout.dividedBy(3);
    return third.compareTo(Duration.ofSeconds(10)) > 0 ? Duration.ofSeconds(10) : third;
  }
}
