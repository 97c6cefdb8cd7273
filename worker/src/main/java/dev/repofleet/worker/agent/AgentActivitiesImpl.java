package dev.repofleet.worker.agent;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.FailureMapper;
import dev.repofleet.worker.FleetMetrics;
import dev.repofleet.worker.PlanSource;
import dev.repofleet.worker.agent.TurnRun.Followed;
import dev.repofleet.worker.git.KnownSecrets;
import dev.repofleet.worker.sandbox.SandboxConnections;
import dev.repofleet.workflows.activities.AgentActivities;
import dev.repofleet.workflows.activities.TurnInput;
import dev.repofleet.workflows.activities.TurnOutcome;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Runs turns. Each attempt starts the process or follows the one there is; no attempt ever stops
 * one. Thread-safe.
 */
public final class AgentActivitiesImpl implements AgentActivities {
  private final SandboxConnections connections;
  private final ArtifactStore store;
  private final PlanSource plans;
  private final AgentEnvironment environment;
  private final KnownSecrets secrets;
  private final FleetMetrics metrics;
  private final TurnResults results;

  /** Runs agents in the sandboxes of {@code connections}, their artifacts go to {@code store}. */
  public AgentActivitiesImpl(
      SandboxConnections connections,
      ArtifactStore store,
      PlanSource plans,
      AgentEnvironment environment,
      KnownSecrets secrets,
      FleetMetrics metrics) {
    this.connections = connections;
    this.store = store;
    this.plans = plans;
    this.environment = environment;
    this.secrets = secrets;
    this.metrics = metrics;
    this.results = new TurnResults(store);
  }

  @Override
  public TurnOutcome run(TurnInput input) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    Optional<TurnOutcome> finished = results.find(input);
    if (finished.isPresent()) {
      return finished.get();
    }
    metrics.runBegins();
    try {
      return follow(input, context);
    } catch (E2bException e) {
      throw FailureMapper.map(
          e, "turn " + input.turn() + " in sandbox " + input.sandboxId() + " was lost sight of");
    } finally {
      metrics.runLetGo();
    }
  }

  private TurnOutcome follow(TurnInput input, ActivityExecutionContext context) {
    RunBeat before = context.getHeartbeatDetails(RunBeat.class).orElse(RunBeat.NONE);
    context.heartbeat(before);
    Sandbox sandbox = connections.connect(input.sandboxId(), input.time().plusMinutes(10));
    Plan plan = plans.read(input.plan());
    LiveEvents live =
        new LiveEvents(
            store,
            secrets,
            InstantSource.system(),
            input,
            before.live(),
            LiveEvents.outputOf(sandbox, input));
    Followed followed =
        new TurnRun(sandbox, input, plan, environment.of(input.agent(), plan), live)
            .follow(
                before.progress(),
                pollInterval(context),
                progress -> context.heartbeat(new RunBeat(progress, live.position())));
    TurnOutcome outcome =
        new TurnHarvest(
                sandbox,
                input,
                store,
                secrets,
                () -> context.heartbeat(new RunBeat(followed.progress(), live.position())))
            .take(followed.end());
    results.keep(input, outcome);
    metrics.turnEnded(outcome);
    return outcome;
  }

  /** A third of the heartbeat timeout: a beat may be late once without being missed. */
  private static Duration pollInterval(ActivityExecutionContext context) {
    Duration timeout = context.getInfo().getHeartbeatTimeout();
    Duration third = timeout.dividedBy(3);
    return third.compareTo(Duration.ofSeconds(10)) > 0 ? Duration.ofSeconds(10) : third;
  }
}
