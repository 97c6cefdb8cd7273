package dev.repofleet.worker.agent;

import dev.repofleet.artifacts.Plan;
import dev.repofleet.e2b.FileRange;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.FailureMapper;
import dev.repofleet.worker.agent.AgentCommand.Session;
import dev.repofleet.worker.sandbox.SandboxLayout;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.TurnInput;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One attempt at one turn: sees to it that exactly one process works on it, and follows that
 * process to its end. For one thread.
 */
final class TurnRun {
  /** A supervisor that has not begun after this long is given up; a late one finds itself void. */
  private static final long STARTING_SECONDS = 10;

  /** A turn whose processes keep being lost is no longer worth the money. */
  private static final int MAX_INCARNATIONS = 10;

  private static final int READ_BYTES = 1 << 20;
  private static final Pattern TRANSCRIPT_LENGTH = Pattern.compile("(?m)^transcript=(\\d{1,18})$");

  private final Sandbox root;
  private final TurnInput input;
  private final Plan plan;
  private final Map<String, String> environment;
  private final RunScript script;
  private final AgentStream stream = new AgentStream();

  TurnRun(Sandbox sandbox, TurnInput input, Plan plan, Map<String, String> environment) {
    this.root = sandbox.withUser(SandboxLayout.ROOT);
    this.input = input;
    this.plan = plan;
    this.environment = environment;
    this.script = new RunScript(sandbox, input.generation(), input.turn());
  }

  /**
   * Follows until the process has ended or its time is over; then the state is still {@code
   * RUNNING}.
   *
   * @param beat called at least once a {@code poll} with what is known; may throw to let go
   */
  RunState follow(RunProgress before, Duration poll, Consumer<RunProgress> beat) {
    RunProgress progress = before;
    RunState state = script.state();
    while (state.kind() != RunState.Kind.FINISHED) {
      switch (state.kind()) {
        case NONE -> start(0, Session.NEW);
        case DIED -> takeOver(state.incarnation());
        case STARTING -> {
          if (state.age() >= STARTING_SECONDS) {
            takeOver(state.incarnation());
          }
        }
        case RUNNING -> {
          if (state.age() > input.time().toSeconds()) {
            return state;
          }
        }
        default ->
            throw FailureMapper.failure(
                Cause.CANCELLED, "turn " + input.turn() + " was stopped", null);
      }
      progress = read(progress, state);
      beat.accept(progress);
      state = script.await(Math.max(0, state.incarnation()), progress.offset(), poll);
    }
    return state;
  }

  private RunProgress read(RunProgress progress, RunState state) {
    int incarnation = Math.max(0, state.incarnation());
    long offset = incarnation == progress.incarnation() ? progress.offset() : 0;
    int without = progress.attemptsWithoutProgress();
    if (state.out() > offset) {
      FileRange range = root.files().readRange(runFolder(incarnation) + "/out", offset, READ_BYTES);
      byte[] bytes = range.bytes();
      stream.accept(bytes, bytes.length);
      offset += bytes.length;
      without = 0;
    }
    UsageTotals usage = stream.usageOfMessages();
    return new RunProgress(
        incarnation,
        offset,
        without,
        stream.messages(),
        usage.inputTokens() + usage.cacheReadTokens() + usage.cacheWriteTokens(),
        usage.outputTokens());
  }

  /**
   * The process is gone for all we know: void it, and go on with the next unless it runs after all.
   */
  private void takeOver(int lost) {
    if (lost + 1 >= MAX_INCARNATIONS) {
      throw FailureMapper.failure(
          Cause.QUARANTINED,
          "turn " + input.turn() + " lost " + MAX_INCARNATIONS + " processes; it is set aside",
          null);
    }
    if (script.voidIncarnation(lost)) {
      start(lost + 1, sessionAfter(lost));
    }
  }

  /**
   * A transcript no longer than it was before the lost process means that the prompt never entered
   * the session.
   */
  private Session sessionAfter(int lost) {
    long now = transcriptLength();
    if (now > lengthBefore(lost)) {
      return Session.INTERRUPTED;
    }
    return now == 0 ? Session.NEW : Session.RESUMED;
  }

  private long lengthBefore(int incarnation) {
    try {
      String meta =
          new String(root.files().read(runFolder(incarnation) + "/meta"), StandardCharsets.UTF_8);
      Matcher length = TRANSCRIPT_LENGTH.matcher(meta);
      return length.find() ? Long.parseLong(length.group(1)) : 0;
    } catch (NotFoundException e) {
      // It never came so far as to write one, so it never ran an agent either.
      return transcriptLength();
    }
  }

  private long transcriptLength() {
    try {
      return root.files().stat(SandboxLayout.transcript(input.subpath(), input.sessionId())).size();
    } catch (NotFoundException e) {
      return 0;
    }
  }

  private void start(int incarnation, Session wanted) {
    Session session = wanted == Session.NEW && input.turn() > 0 ? Session.RESUMED : wanted;
    AgentCommand command = AgentCommand.of(input, plan, session);
    String folder = SandboxLayout.STATE + "/turns/" + runKey(incarnation);
    root.files().write(folder + "/argv", command.argvFile());
    root.files().write(folder + "/prompt", command.promptFile());
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("RF_WORKDIR", SandboxLayout.workingDirectory(input.subpath()));
    variables.put("RF_OUTPUT_CAP", Long.toString(plan.limits().outputBytes()));
    script.start(input.fence(), incarnation, transcriptLength(), variables);
  }

  private String runFolder(int incarnation) {
    return SandboxLayout.STATE + "/runs/" + runKey(incarnation);
  }

  private String runKey(int incarnation) {
    return input.generation() + "." + input.turn() + "." + incarnation;
  }
}
