package dev.repofleet.worker.sandbox;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxNetwork;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.activity.StoreIdentity;
import dev.repofleet.worker.checkpoint.CheckpointRestore;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.connection.WholeFiles;
import dev.repofleet.worker.git.ScriptLease;
import dev.repofleet.worker.git.ShippedScript;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.sandbox.PrepareInput;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome.Restored;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts into a fresh sandbox what a run needs. Thread-safe; repeating it changes nothing. */
public final class SandboxPreparation {
  private static final Duration QUICK = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(15);

  private final ArtifactStore store;
  private final PlanSource plans;
  private final CheckpointRestore checkpoints;
  private final Egress egress;

  /**
   * Prepares for plans of {@code plans} and restores checkpoints out of {@code store}, on a worker
   * with this environment, whose secrets are kept out of messages.
   */
  public SandboxPreparation(ArtifactStore store, PlanSource plans, Map<String, String> worker) {
    this.store = store;
    this.plans = plans;
    this.checkpoints = new CheckpointRestore(store, KnownSecrets.of(worker));
    this.egress = new Egress(worker);
  }

  /**
   * Prepares: what was saved of the work, the run script, the walls of its network, the agent. Asks
   * the agent for its version.
   */
  PrepareOutcome prepare(Sandbox sandbox, PrepareInput input, ScriptLease lease, AttemptTime time) {
    StoreIdentity.require(store, input.storeId());
    Plan plan = plans.read(input.plan());
    Sandbox root = sandbox.withUser(SandboxLayout.ROOT);
    script(root, "open", lease, Map.of());
    Restored restored = checkpoints.restore(sandbox, input, lease).orElse(null);
    PlanFiles.place(sandbox, plan);
    script(
        root,
        "place",
        lease,
        Map.of(
            "RF_SCRIPT",
            new String(ShippedFiles.RUN_SCRIPT.bytes(), StandardCharsets.UTF_8),
            "RF_BASE",
            base(input, restored),
            "RF_FENCE",
            input.fence()));
    time.require("sandbox " + sandbox.sandboxId() + " is prepared");
    SandboxNetwork walls = egress.of(input.agent(), plan);
    if (!walls.equals(SandboxNetwork.open())) { // as it is already
      sandbox.updateNetwork(walls);
    }
    Sandbox agent = sandbox.withUser(SandboxLayout.AGENT_USER);
    Map<String, byte[]> program = shipped(input.agent());
    if (!program.isEmpty()) {
      WholeFiles.write(agent.files(), program);
    }
    return new PrepareOutcome(version(agent, input), restored);
  }

  /** Its program, where the template does not have it. */
  private static Map<String, byte[]> shipped(AgentKind agent) {
    return switch (agent) {
      case CLAUDE -> Map.of();
      case REHEARSAL -> Map.of(SandboxLayout.REHEARSAL_AGENT, ShippedFiles.REHEARSAL_AGENT.bytes());
    };
  }

  /**
   * The first process that may run here: the one after those that went down with another sandbox. A
   * turn that had ended is not run again.
   */
  static String base(PrepareInput input, @Nullable Restored restored) {
    int turn = input.turn();
    int incarnation = input.incarnation();
    if (restored != null) {
      int nextTurn = restored.ended() ? restored.turn() + 1 : restored.turn();
      int next = restored.ended() ? 0 : restored.incarnation() + 1;
      if (nextTurn > turn || (nextTurn == turn && next > incarnation)) {
        turn = nextTurn;
        incarnation = next;
      }
    }
    return input.generation() + " " + turn + " " + incarnation;
  }

  private static void script(
      Sandbox root, String verb, ScriptLease lease, Map<String, String> more) {
    Map<String, String> variables = new HashMap<>(lease.variables());
    variables.putAll(more);
    variables.put("RF_FOLDER", SandboxLayout.STATE);
    variables.put("RF_HOME", SandboxLayout.HOME);
    CommandResult result =
        root.commands()
            .run(
                ShippedScript.PREPARE
                    .command(QUICK, List.of(verb))
                    .env(variables)
                    .timeout(QUICK.plus(GRACE))
                    .build());
    ScriptLease.requireHere(result.exitCode(), root.sandboxId(), result.stderr());
    if (result.exitCode() != 0) {
      throw FailureMapper.passing(
          Cause.INTERNAL,
          "sandbox %s can't be prepared (%s, exit %d): %s"
              .formatted(root.sandboxId(), verb, result.exitCode(), result.stderr().strip()),
          null);
    }
  }

  private static String version(Sandbox agent, PrepareInput input) {
    List<String> words = new ArrayList<>(SandboxLayout.program(input.agent()));
    words.add("--version");
    CommandResult result =
        agent.commands().run(Command.builder(words.toArray(String[]::new)).timeout(QUICK).build());
    if (result.exitCode() != 0) {
      throw FailureMapper.failure(
          Cause.INTERNAL,
          "the agent "
              + input.agent().code()
              + " does not start in the plan's template (exit "
              + result.exitCode()
              + "): take a template that has it, such as `claude`. "
              + result.stderr().strip(),
          null);
    }
    return result.stdout().strip().lines().findFirst().orElse("unknown");
  }
}
