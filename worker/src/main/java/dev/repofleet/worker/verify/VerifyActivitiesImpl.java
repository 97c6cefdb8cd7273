package dev.repofleet.worker.verify;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.VerifyCommand;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.SandboxScript;
import dev.repofleet.worker.git.ShippedScript;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.activities.review.VerifyActivities;
import dev.repofleet.workflows.activities.review.VerifyInput;
import dev.repofleet.workflows.activities.review.VerifyOutcome;
import dev.repofleet.workflows.activities.review.VerifyOutcome.Ending;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs the plan's own command as the agent's user, where the agent worked. Thread-safe. */
public final class VerifyActivitiesImpl implements VerifyActivities {
  /** Longest end of a command's output that is kept, of 16 KiB in UTF-8 at most four bytes each. */
  public static final int MAX_BYTES = 64 << 10;

  private static final int MAX_OUTPUT = 16 << 10;

  /** More than is kept, so that no secret is cut in two before it is seen. */
  private static final int TOLD = 2 * MAX_OUTPUT;

  /** For the script to tell of a command whose time is over. */
  private static final Duration TELLING = Duration.ofSeconds(30);

  /** The sandbox outlives the command by this. */
  private static final Duration AFTERWARDS = Duration.ofMinutes(10);

  private static final int NO_FOLDER = 30;
  private static final List<Integer> ENDED_BY_TIMEOUT = List.of(124, 137);

  private final SandboxConnections connections;
  private final ArtifactStore store;
  private final PlanSource plans;
  private final KnownSecrets secrets;

  /** Keeps output in {@code store}, without the secrets. */
  public VerifyActivitiesImpl(
      SandboxConnections connections, ArtifactStore store, PlanSource plans, KnownSecrets secrets) {
    this.connections = connections;
    this.store = store;
    this.plans = plans;
    this.secrets = secrets;
  }

  @Override
  public VerifyOutcome verify(VerifyInput input) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    Plan plan = plans.read(input.plan());
    VerifyCommand command = plan.verify();
    if (command == null) {
      throw Refusal.PLAN_INVALID.because("plan " + plan.name() + " has no command to verify by");
    }
    Sandbox sandbox =
        connections
            .connect(input.sandboxId(), command.time().plus(AFTERWARDS))
            .withUser(SandboxLayout.AGENT_USER);
    long start = System.nanoTime();
    try {
      SandboxScript.Result result =
          SandboxScript.run(
              sandbox,
              ShippedScript.VERIFY,
              command.time().plus(TELLING),
              variables(plan, command, input.subpath()),
              List.of(),
              () -> context.heartbeat(null));
      return outcome(result, command, Duration.ofNanos(System.nanoTime() - start));
    } catch (E2bException e) {
      throw FailureMapper.map(e, "the plan's command can't be run in sandbox " + input.sandboxId());
    }
  }

  /** The plan's plain variables, and none of the worker's. */
  private static Map<String, String> variables(
      Plan plan, VerifyCommand command, @Nullable String subpath) {
    Map<String, String> variables = new HashMap<>(plan.environment());
    variables.put("RF_FOLDER", SandboxLayout.workingDirectory(subpath));
    variables.put("RF_COMMAND", command.command());
    variables.put("RF_SECONDS", Long.toString(Math.max(1, command.time().toSeconds())));
    variables.put("RF_MAX", Integer.toString(TOLD));
    return variables;
  }

  private VerifyOutcome outcome(SandboxScript.Result result, VerifyCommand command, Duration took) {
    String code = result.stderr().strip();
    if (!code.matches("[0-9]{1,3}")) {
      return VerifyOutcome.unknown(
          result.exitCode() == NO_FOLDER
              ? "the folder under review is gone"
              : "the command was not run to its end (exit %d): %s"
                  .formatted(result.exitCode(), secrets.redact(code)));
    }
    int exit = Integer.parseInt(code);
    boolean late = ENDED_BY_TIMEOUT.contains(exit) && took.compareTo(command.time()) >= 0;
    Ending ending = exit == 0 ? Ending.PASSED : late ? Ending.TIMED_OUT : Ending.FAILED;
    return new VerifyOutcome(
        ending, late ? null : exit, took.toMillis(), kept(result.stdout()), null);
  }

  private @Nullable String kept(String output) {
    String all = secrets.redact(output);
    String shown = all.substring(Math.max(0, all.length() - MAX_OUTPUT)).strip();
    return shown.isEmpty() ? null : store.put(shown.getBytes(StandardCharsets.UTF_8)).uri();
  }
}
