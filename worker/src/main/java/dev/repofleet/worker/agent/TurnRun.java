package dev.repofleet.worker.agent;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.agent.AgentCommand.Session;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.TurnInput;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

  /** Longer than any command an agent waits for in silence. */
  private static final Duration SILENCE = Duration.ofHours(1);

  /** What starting and losing processes takes besides; less than what is left of the attempt. */
  private static final Duration BESIDES = Duration.ofMinutes(5);

  private static final int READ_BYTES = 1 << 20;

  /** A sandbox that always answers at once with nothing new is not asked more often. */
  private static final Duration BREATH = Duration.ofMillis(200);

  /** A stop ends what is left by SIGKILL: what runs on is not to be ended from within. */
  private static final int MAX_ATTEMPTS_TO_STOP = 10;

  private static final int LAST_STOPS = 3;

  private final Sandbox root;
  private final TurnInput input;
  private final Plan plan;
  private final Supplier<Map<String, String>> environment;
  private final ArtifactStore store;
  private final RunScript script;
  private final TurnFiles files;

  private RunProgress progress;
  private final Follower follower;

  /**
   * @param environment of an agent; asked for by who starts one, so that following needs nothing
   * @param before where the last attempt came to
   */
  TurnRun(
      Sandbox sandbox,
      TurnInput input,
      Plan plan,
      Supplier<Map<String, String>> environment,
      ArtifactStore store,
      RunProgress before) {
    this.root = sandbox.withUser(SandboxLayout.ROOT);
    this.input = input;
    this.plan = plan;
    this.environment = environment;
    this.store = store;
    this.script = new RunScript(sandbox, input.generation(), input.turn());
    this.files = new TurnFiles(sandbox, input);
    this.progress = before;
    this.follower = new Follower(before);
  }

  /** What the turn is known to have used when nothing else is left of it. */
  RunLoss loss() {
    return progress.loss();
  }

  /** What is known; for heartbeats. */
  RunProgress progress() {
    return progress;
  }

  /**
   * Where a turn ended that the workflow has had stopped. A stop that never reached the sandbox is
   * made up for: two agents would work in one session otherwise, also when the one there was has
   * died and a follower that stood still would start another.
   *
   * @param attempt from 1 on
   * @throws io.temporal.failure.ApplicationFailure a passing one while a process runs on; {@code
   *     quarantined} when it does so after many attempts
   */
  Followed stopped(Cause cause, int attempt) {
    boolean isLast = attempt >= MAX_ATTEMPTS_TO_STOP;
    RunState state = script.state();
    for (int i = 0; i < (isLast ? LAST_STOPS : 1) && !isOver(state); i++) {
      state = script.stop(input.fence());
    }
    if (state.kind() == RunState.Kind.RUNNING || state.kind() == RunState.Kind.STARTING) {
      String runsOn = "turn " + input.turn() + " of " + input.key() + " runs on";
      throw isLast
          ? FailureMapper.failureWith(
              Cause.QUARANTINED,
              runsOn + " after " + LAST_STOPS + " stops in a row; it is set aside",
              progress.loss())
          : FailureMapper.passing(Cause.INTERNAL, runsOn, null);
    }
    return new Followed(state, cause);
  }

  private static boolean isOver(RunState state) {
    return state.kind() == RunState.Kind.STOPPED || state.kind() == RunState.Kind.FINISHED;
  }

  /** What failed is the worker's own: the turn is not to be set aside for it. */
  void excused() {
    progress = progress.excused();
  }

  /**
   * Follows until a process has ended by itself, or the turn's caps do not allow for another one.
   *
   * @param live gets the output for people to see
   * @param beat called at least once a {@code poll} with what is known; may throw to let go
   * @throws io.temporal.failure.ApplicationFailure with a {@link RunLoss}: {@code agent_timeout}
   *     and {@code model_auth} when a process still runs and is not worth waiting for, {@code
   *     quarantined} when no process comes to an end
   */
  Followed follow(Duration poll, LiveEvents live, Consumer<RunProgress> beat) {
    RunState state = script.state();
    progress = progress.attempt(state);
    beat.accept(progress);
    requireProgress();
    boolean asked = false;
    long began = System.nanoTime();
    while (state.kind() != RunState.Kind.FINISHED) {
      requireTime(Duration.ofNanos(System.nanoTime() - began).minus(BESIDES));
      switch (state.kind()) {
        case NONE -> {
          requireTaken(asked);
          asked = true;
          start(files.first(), Spent.NOTHING);
        }
        case DIED -> {
          live.end(state.incarnation(), state.out());
          Cause over = takeOver(state, () -> beat.accept(progress));
          if (over != null) {
            return new Followed(state, over);
          }
        }
        case STARTING -> {
          if (state.age() >= STARTING_SECONDS) {
            takeOver(state, () -> beat.accept(progress));
          }
        }
        case RUNNING -> {
          // It is followed; whether it is worth that is seen by what it has said.
        }
        default ->
            throw FailureMapper.failure(
                Cause.CANCELLED, "turn " + input.turn() + " was stopped", null);
      }
      progress = follower.read(progress, state, live);
      if (state.kind() == RunState.Kind.RUNNING) {
        requireWorthwhile(state);
      }
      beat.accept(progress);
      long since = System.nanoTime();
      state =
          script.await(Math.max(0, state.incarnation()), follower.position(), live.atMost(poll));
      if (state.out() <= follower.position() && System.nanoTime() - since < BREATH.toNanos()) {
        AttemptTime.sleep(BREATH);
      }
    }
    live.end(state.incarnation(), state.out());
    return new Followed(state, null);
  }

  /** A sandbox that can't write the run's folder says nothing and would be asked without end. */
  private void requireTaken(boolean asked) {
    if (asked) {
      throw FailureMapper.passing(
          Cause.INTERNAL,
          "turn "
              + input.turn()
              + " of "
              + input.key()
              + " can't begin: its sandbox keeps no folder for the run; its disk may be full",
          null);
    }
  }

  private void requireProgress() {
    if (progress.attemptsWithoutProgress() > MAX_ATTEMPTS_WITHOUT_PROGRESS) {
      throw FailureMapper.failureWith(
          Cause.QUARANTINED,
          "turn "
              + input.turn()
              + " of "
              + input.key()
              + " brought nothing new in "
              + MAX_ATTEMPTS_WITHOUT_PROGRESS
              + " attempts; it is set aside",
          progress.loss());
    }
  }

  private void requireWorthwhile(RunState state) {
    if (progress.keyRefused()) {
      throw FailureMapper.failureWith(
          Cause.MODEL_AUTH, Cause.MODEL_AUTH.sentence(), progress.loss());
    }
    if (state.age() - progress.outputAt() >= SILENCE.toSeconds()) {
      throw FailureMapper.failureWith(
          Cause.AGENT_TIMEOUT,
          "the agent has said nothing for " + SILENCE.toMinutes() + " minutes",
          progress.loss());
    }
    long earlier = follower.spentBefore(state.incarnation()).seconds();
    requireTime(Duration.ofSeconds(earlier + state.age()));
    requireTime(follower.seenAtWork());
  }

  /** By this machine's clock too: what the sandbox says may be the agent's own word. */
  private void requireTime(Duration ran) {
    if (ran.toSeconds() > input.time().toSeconds()) {
      throw FailureMapper.failureWith(
          Cause.AGENT_TIMEOUT, "the agent ran longer than " + input.time(), progress.loss());
    }
  }

  /**
   * The process is gone for all we know: void it, and go on with the next unless it runs after all.
   *
   * @return which of the turn's caps does not allow for another process
   */
  private @Nullable Cause takeOver(RunState state, Runnable beat) {
    int lost = state.incarnation();
    if (lost - files.first() + 1 >= MAX_INCARNATIONS) {
      throw FailureMapper.failureWith(
          Cause.QUARANTINED,
          "turn " + input.turn() + " lost " + MAX_INCARNATIONS + " processes; it is set aside",
          progress.loss());
    }
    if (!script.voidIncarnation(lost)) {
      return null;
    }
    boolean ran = state.kind() == RunState.Kind.DIED;
    Spent spent =
        files
            .spentBefore(lost)
            .plus(
                files.spentBy(
                    lost,
                    files.stream(lost, TurnFiles.mostOutput(plan), beat),
                    ran ? state.age() : 0,
                    beat));
    Cause over = new TurnCaps(input).exhausted(spent);
    if (over == null) {
      start(lost + 1, spent);
    }
    return over;
  }

  private void start(int incarnation, Spent spent) {
    Map<String, String> variables = new HashMap<>(environment.get());
    SessionTranscript transcript = files.transcript();
    Session session = session(incarnation, transcript);
    AgentCommand command = AgentCommand.of(new TurnCaps(input).less(spent), plan, session);
    String prompt =
        TurnPrompt.text(
            input, plan, command, session, movedUnawares(incarnation, transcript), store);
    files.ask(incarnation, command.argvFile(), prompt, spent);
    variables.put("RF_WORKDIR", SandboxLayout.workingDirectory(input.subpath()));
    variables.put("RF_OUTPUT_CAP", Long.toString(plan.limits().outputBytes()));
    long length = transcript.length();
    if (session == Session.NEW) {
      // What holds no prompt is in the way: such a session neither begins nor resumes.
      variables.put("RF_FRESH", files.transcriptPath());
      length = 0;
    }
    script.start(input.fence(), incarnation, length, variables);
  }

  /** Once the turn's prompt has entered the session it is never sent again. */
  private Session session(int incarnation, SessionTranscript transcript) {
    if (transcript.promptAfter(
        files.transcriptBeforeTurn(incarnation - 1).orElseGet(transcript::length))) {
      return Session.INTERRUPTED;
    }
    boolean mayBegin =
        input.turn() == 0
            || input.prompt() == PromptKind.REVIEW
            || input.prompt() == PromptKind.VERIFY;
    return !mayBegin || transcript.promptAfter(0) ? Session.RESUMED : Session.NEW;
  }

  /**
   * On a fresh machine, and nothing the agent was told since says so. A verification's session is
   * never moved: on another machine it begins anew.
   */
  private boolean movedUnawares(int incarnation, SessionTranscript transcript) {
    return input.prompt() != PromptKind.VERIFY
        && input.basis() != null
        && input.basis().firstHere()
        && files
            .transcriptBefore(files.first(), incarnation - 1)
            .map(length -> !transcript.promptAfter(length))
            .orElse(true);
  }

  /**
   * Where following ended.
   *
   * @param end state of the run
   * @param cause why no other process was started, or the turn was stopped; absent when the last
   *     one ended by itself
   */
  record Followed(RunState end, @Nullable Cause cause) {}

  /** Reads the output of the process that is followed. */
  private final class Follower {
    private RunProgress base;
    private AgentStream stream;
    private long position;
    private @Nullable Long seenSince;
    private int spentOf = -1;
    private Spent spent = Spent.NOTHING;

    private Follower(RunProgress before) {
      base = before;
      stream = new AgentStream(before);
      position = before.offset();
    }

    private RunProgress read(RunProgress known, RunState state, LiveEvents live) {
      RunProgress now = known;
      if (state.incarnation() > now.incarnation()) {
        now = now.next(state.incarnation());
        base = now;
        stream = new AgentStream();
        position = 0;
      }
      if (state.out() <= position) {
        live.storeWhenDue();
        return now.aged(state.age());
      }
      int count = (int) Math.min(READ_BYTES, state.out() - position);
      byte[] bytes =
          root.files().readRange(files.out(state.incarnation()), position, count).bytes();
      stream.accept(bytes, bytes.length);
      stream.forgetResult();
      live.accept(state.incarnation(), position, bytes);
      position += bytes.length;
      return now.readTo(position - stream.pending(), state.age()).counting(base, stream);
    }

    /** Bytes read so far; what is behind the last whole line is read again by another attempt. */
    private long position() {
      return position;
    }

    /** For how long this attempt has seen processes at work, one after the other. */
    private Duration seenAtWork() {
      seenSince = seenSince == null ? Long.valueOf(System.nanoTime()) : seenSince;
      return Duration.ofNanos(System.nanoTime() - seenSince);
    }

    private Spent spentBefore(int incarnation) {
      if (incarnation != spentOf) {
        spent = files.spentBefore(incarnation);
        spentOf = incarnation;
      }
      return spent;
    }
  }
}
