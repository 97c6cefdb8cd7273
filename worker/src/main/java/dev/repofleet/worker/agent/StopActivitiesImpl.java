package dev.repofleet.worker.agent;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxNotFoundException;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.workflows.activities.agent.StopActivities;
import dev.repofleet.workflows.activities.agent.StopInput;
import dev.repofleet.workflows.activities.agent.StopOutcome;
import java.time.Duration;
import java.util.Locale;

/** Stops turns on purpose, through the run script. Thread-safe. */
public final class StopActivitiesImpl implements StopActivities {
  private static final Duration ENOUGH = Duration.ofMinutes(5);

  private final E2bClient client;

  /** Works through {@code client}, which stays its owner's to close. */
  public StopActivitiesImpl(E2bClient client) {
    this.client = client;
  }

  @Override
  public StopOutcome stop(StopInput input) {
    try {
      Sandbox sandbox = SandboxConnections.connect(client, input.sandboxId(), ENOUGH);
      RunState state = new RunScript(sandbox, input.generation(), input.turn()).stop(input.fence());
      return new StopOutcome(state.kind().name().toLowerCase(Locale.ROOT));
    } catch (SandboxNotFoundException e) {
      return new StopOutcome("gone");
    } catch (E2bException e) {
      throw FailureMapper.map(
          e, "turn " + input.turn() + " in sandbox " + input.sandboxId() + " can't be stopped");
    }
  }
}
