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

  /** As many attempts in a row without a new byte of output, and the repository is set aside. */
  private static final int MAX_ATTEMPTS_WITHOUT_PROGRESS = 5;

  private static final int READ_BYTES = 1 << 20;
  private static final Pattern TRANSCRIPT_LENGTH = Pattern.compile("(?m)^transcript=(\\d{1,18})$");

  private final Sandbox root;
  private final TurnInput input;
  private final Plan plan;
  private final Map<String, String> environment;
  private final RunScript script;
  private final LiveEvents live;
  private final AgentStream stream = new AgentStream();

  TurnRun(
      Sandbox sandbox,
      TurnInput input,
      Plan plan,
      Map<String, String> environment,
      LiveEvents live) {
    this.root = sandbox.withUser(SandboxLayout.ROOT);
    this.input = input;
    this.plan = plan;
    this.environment = environment;
    this.live = live;
    this.script = new RunScript(sandbox, input.generation(), input.turn());
  }

  /**
   * Follows until the process has ended or its time is over; then the state is still {@code
   * RUNNING}.
   *
   * @param beat called at least once a {@code poll} with what is known; may throw to let go
   */
  Followed follow(RunProgress before, Duration poll, Consumer<RunProgress> beat) {
    RunState state = script.state();
    RunProgress progress = before.attempt(state);
    beat.accept(progress);
    requireProgress(progress);
    while (state.kind() != RunState.Kind.FINISHED) {
      switch (state.kind()) {
        case NONE -> start(0, Session.NEW);
        case DIED -> {
          live.end(state.incarnation(), state.out());
          takeOver(state.incarnation());
        }
        case STARTING -> {
          if (state.age() >= STARTING_SECONDS) {
            takeOver(state.incarnation());
          }
        }
        case RUNNING -> {
          if (state.age() > input.time().toSeconds()) {
            live.end(state.incarnation(), state.out());
            return new Followed(state, progress);
          }
        }
        default ->
            throw FailureMapper.failure(
                Cause.CANCELLED, "turn " + input.turn() + " was stopped", null);
      }
      progress = read(progress, state);
      beat.accept(progress);
      state = script.await(Math.max(0, state.incarnation()), progress.offset(), live.atMost(poll));
    }
    live.end(state.incarnation(), state.out());
    return new Followed(state, progress);
  }

  private void requireProgress(RunProgress progress) {
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
  }

  private RunProgress read(RunProgress progress, RunState state) {
    int incarnation = Math.max(0, state.incarnation());
    long offset = incarnation == progress.incarnation() ? progress.offset() : 0;
    int without = progress.attemptsWithoutProgress();
    if (state.out() > offset) {
      FileRange range = root.files().readRange(runFolder(incarnation) + "/out", offset, READ_BYTES);
      byte[] bytes = range.bytes();
      stream.accept(bytes, bytes.length);
      live.accept(incarnation, offset, bytes);
      offset += bytes.length;
      without = 0;
    } else {
      live.storeWhenDue();
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
   * A transcript no longer than it was before the turn's first process means that the prompt never
   * entered the session. Once it has, it is never sent again.
   */
  private Session sessionAfter(int lost) {
    long now = transcriptLength();
    if (now > lengthBeforeTurn(lost, now)) {
      return Session.INTERRUPTED;
    }
    return now == 0 ? Session.NEW : Session.RESUMED;
  }

  /** By the first process that came so far as to say; one that did not never ran an agent. */
  private long lengthBeforeTurn(int lost, long now) {
    for (int incarnation = 0; incarnation <= lost; incarnation++) {
      try {
        byte[] meta = root.files().read(runFolder(incarnation) + "/meta");
        Matcher length = TRANSCRIPT_LENGTH.matcher(new String(meta, StandardCharsets.UTF_8));
        if (length.find()) {
          return Long.parseLong(length.group(1));
        }
      } catch (NotFoundException e) {
        // The next one may have.
      }
    }
    return now;
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

  /**
   * Where following ended.
   *
   * @param end state of the run: finished, or running when its time is over
   * @param progress up to then
   */
  record Followed(RunState end, RunProgress progress) {}
}
