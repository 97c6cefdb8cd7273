package dev.repofleet.worker.agent;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.activity.StoreIdentity;
import dev.repofleet.worker.agent.TurnRun.Followed;
import dev.repofleet.worker.checkpoint.TurnCheckpoints;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.secrets.AgentEnvironment;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.agent.AgentActivities;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs turns. Each attempt starts the process or follows the one there is; none stops one that the
 * workflow has not given up. Thread-safe.
 */
public final class AgentActivitiesImpl implements AgentActivities {
  private static final Logger log = LoggerFactory.getLogger(AgentActivitiesImpl.class);

  /** A full disk, or a store that takes nothing, is not mended in a second. */
  private static final Duration STORE_RETRY = Duration.ofSeconds(10);

  /** Beyond a turn's own time; its sandbox is paid for meanwhile. */
  private static final Duration STORE_PATIENCE = Duration.ofHours(6);

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
    StoreIdentity.require(store, input.storeId());
    ActivityExecutionContext context = Activity.getExecutionContext();
    Optional<TurnOutcome> finished = results.find(input);
    if (finished.isPresent()) {
      return finished.get();
    }
    metrics.runBegins();
    try {
      return run(input, context);
    } finally {
      metrics.runLetGo();
    }
  }

  private TurnOutcome run(TurnInput input, ActivityExecutionContext context) {
    RunBeat before = context.getHeartbeatDetails(RunBeat.class).orElse(RunBeat.NONE);
    context.heartbeat(before);
    TurnRun run = null;
    try {
      Sandbox sandbox = connections.connectOrThrow(input.sandboxId(), input.time().plusMinutes(10));
      Plan plan = plans.read(input.plan());
      run =
          new TurnRun(
              sandbox,
              input,
              plan,
              () -> environment.of(input.agent(), plan, input.prompt()),
              store,
              before.progress());
      LiveEvents live =
          new LiveEvents(
              store,
              secrets,
              InstantSource.system(),
              input,
              before.live(),
              LiveEvents.outputOf(sandbox, input));
      return complete(input, sandbox, run, live);
    } catch (E2bException e) {
      throw FailureMapper.map(
          e,
          "turn " + input.turn() + " in sandbox " + input.sandboxId() + " was lost sight of",
          run == null ? before.progress().loss() : run.loss());
    }
  }

  private TurnOutcome complete(TurnInput input, Sandbox sandbox, TurnRun run, LiveEvents live) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    Runnable beat = () -> context.heartbeat(new RunBeat(run.progress(), live.position()));
    TurnCheckpoints checkpoints =
        new TurnCheckpoints(sandbox, input, store, secrets, Clock.systemUTC());
    Cause ending = input.ending();
    Followed followed =
        ending == null
            ? run.follow(
                pollInterval(context),
                live,
                progress -> {
                  beat.run();
                  if (isSaved(input)) {
                    checkpoints.takeIfDue(progress.incarnation(), progress.offset(), beat);
                  }
                })
            : stopped(run, live, ending, context.getInfo().getAttempt());
    TurnOutcome saved;
    try {
      saved = harvested(input, sandbox, followed, checkpoints, beat);
    } catch (ArtifactException | UncheckedIOException e) {
      // The agent has done its work, and it is paid for: it waits for a disk or a store.
      if (mayWait(input, context)) {
        run.excused();
        beat.run();
      }
      throw FailureMapper.failure(
          Cause.INTERNAL,
          "what turn " + input.turn() + " of " + input.key() + " left can't be stored now",
          e,
          STORE_RETRY);
    } catch (E2bException e) {
      if (FailureMapper.isE2bsOwn(e) && mayWait(input, context)) {
        run.excused();
        beat.run();
      }
      throw e;
    }
    metrics.turnEnded(saved);
    log.info(
        "Turn {} ended: {}, {} USD",
        saved.turn(),
        saved.cause() == null ? "success" : saved.cause().code(),
        saved.usage().costUsd());
    return saved;
  }

  /** What can't be stored for so long counts as what brings nothing new. */
  private static boolean mayWait(TurnInput input, ActivityExecutionContext context) {
    long asked = context.getInfo().getScheduledTimestamp();
    return System.currentTimeMillis() - asked < input.time().plus(STORE_PATIENCE).toMillis();
  }

  private TurnOutcome harvested(
      TurnInput input,
      Sandbox sandbox,
      Followed followed,
      TurnCheckpoints checkpoints,
      Runnable beat) {
    TurnHarvest.Harvest harvest =
        new TurnHarvest(
                sandbox,
                input,
                TurnFiles.mostOutput(plans.read(input.plan())),
                store,
                secrets,
                InstantSource.system(),
                beat)
            .take(followed);
    TurnOutcome outcome = harvest.outcome();
    TurnOutcome saved =
        isSaved(input)
            ? checkpoints
                .takeEnd(
                    followed.end().incarnation(), followed.end().out(), harvest.transcript(), beat)
                .map(outcome::savedAs)
                .orElse(outcome)
            : outcome;
    results.keep(input, saved);
    return saved;
  }

  /** A verification changes nothing, and no turn after it goes on in its session. */
  private static boolean isSaved(TurnInput input) {
    return input.prompt() != PromptKind.VERIFY;
  }

  private static Followed stopped(TurnRun run, LiveEvents live, Cause ending, int attempt) {
    Followed followed = run.stopped(ending, attempt);
    RunState end = followed.end();
    if (end.incarnation() >= 0) {
      live.end(end.incarnation(), end.out());
    }
    return followed;
  }

  /** A third of the heartbeat timeout: a beat may be late once without being missed. */
  private static Duration pollInterval(ActivityExecutionContext context) {
    Duration timeout = context.getInfo().getHeartbeatTimeout();
    Duration third = timeout.dividedBy(3);
    return third.compareTo(Duration.ofSeconds(10)) > 0 ? Duration.ofSeconds(10) : third;
  }
}
