package dev.repofleet.worker.agent;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.workflows.Cause;
import java.time.Duration;
import java.util.Map;

/**
 * The run script of one turn in one sandbox, as Java sees it. Every call is a short command in the
 * sandbox; none of them lasts as long as the agent. Throws what {@link
 * dev.repofleet.e2b.Commands#run} throws.
 */
final class RunScript {
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final int FENCED = 71;
  private static final int STOPPED = 72;

  private final Sandbox root;
  private final int generation;
  private final int turn;

  RunScript(Sandbox sandbox, int generation, int turn) {
    this.root = sandbox.withUser(SandboxLayout.ROOT);
    this.generation = generation;
    this.turn = turn;
  }

  RunState state() {
    return parse(run(QUICK, "state"));
  }

  /** Returns when there is more output than {@code offset}, the state changes, or time is over. */
  RunState await(int incarnation, long offset, Duration atMost) {
    return parse(
        run(
            atMost.plus(QUICK),
            "await",
            Integer.toString(incarnation),
            Long.toString(offset),
            Long.toString(Math.max(1, atMost.toSeconds()))));
  }

  /**
   * Starts a process, unless it was started before.
   *
   * @param transcriptLength of the session before it
   * @param environment of the agent, secrets included
   * @throws io.temporal.failure.ApplicationFailure {@code cancelled} when the lease is over or the
   *     turn was stopped
   */
  void start(
      String fence, int incarnation, long transcriptLength, Map<String, String> environment) {
    CommandResult result =
        root.commands()
            .run(
                Command.builder(
                        SandboxLayout.RUN_SCRIPT,
                        "start",
                        fence,
                        Integer.toString(generation),
                        Integer.toString(turn),
                        Integer.toString(incarnation),
                        Long.toString(transcriptLength))
                    .env(environment)
                    .timeout(QUICK)
                    .build());
    if (result.exitCode() == FENCED || result.exitCode() == STOPPED) {
      throw FailureMapper.failure(
          Cause.CANCELLED,
          result.exitCode() == FENCED
              ? "the sandbox belongs to another lease now"
              : "turn " + turn + " was stopped",
          null);
    }
    require(result, "start");
  }

  /** Declares an incarnation void. False when it runs or has ended after all. */
  boolean voidIncarnation(int incarnation) {
    RunState.Kind kind = parse(run(QUICK, "void", Integer.toString(incarnation))).kind();
    return kind == RunState.Kind.DIED || kind == RunState.Kind.STOPPED;
  }

  /** Ends the turn for good and says what state it is in then. */
  RunState stop(String fence) {
    CommandResult result =
        root.commands()
            .run(
                Command.builder(
                        SandboxLayout.RUN_SCRIPT,
                        "stop",
                        fence,
                        Integer.toString(generation),
                        Integer.toString(turn))
                    .timeout(QUICK.plusSeconds(30))
                    .build());
    if (result.exitCode() != FENCED) {
      // Fenced, it is another lease's now, which is as good as stopped.
      require(result, "stop");
    }
    return state();
  }

  private CommandResult run(Duration timeout, String verb, String... more) {
    String[] argv = new String[4 + more.length];
    argv[0] = SandboxLayout.RUN_SCRIPT;
    argv[1] = verb;
    argv[2] = Integer.toString(generation);
    argv[3] = Integer.toString(turn);
    System.arraycopy(more, 0, argv, 4, more.length);
    return root.commands().run(Command.builder(argv).timeout(timeout).build());
  }

  private RunState parse(CommandResult result) {
    require(result, "state");
    return RunState.parse(result.stdout());
  }

  private void require(CommandResult result, String verb) {
    if (result.exitCode() != 0) {
      throw FailureMapper.passing(
          Cause.INTERNAL,
          "the run script failed at "
              + verb
              + " of turn "
              + turn
              + " in sandbox "
              + root.sandboxId()
              + " (exit "
              + result.exitCode()
              + "): "
              + result.stderr().strip(),
          null);
    }
  }
}
