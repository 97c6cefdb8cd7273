package dev.repofleet.e2b;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A command that runs once and whose output is in a file of the sandbox, so that a lost stream, a
 * dead caller or a dead envd loses nothing (E2B contract, 5.3). Thread-safe; made by {@link
 * Sandbox#job}, for one Linux user; needs no closing.
 *
 * <p>Its folder is its name: every handle with the same folder means the same job, from any
 * process. {@link #start} is safe to repeat, so whoever does not know whether a start arrived asks
 * again, and then follows from the offset it had. Nothing here ends the job but {@link #signal},
 * not even the end of the sandbox's time if that is a pause with memory.
 *
 * <p>In the image must be {@code setsid} and {@code flock}, which every Debian has. What the job's
 * own processes write to its folder is believed.
 */
public final class DurableJob {
  private static final String SCRIPT = script();

  /** For the script, which waits for nothing longer than five seconds. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final int PIECE = 1 << 20;
  private static final Duration SOON = Duration.ofMillis(100);
  private static final Duration LATE = Duration.ofSeconds(5);
  private static final int MAX_SAID = 500;

  private final Sandbox sandbox;
  private final String folder;
  private final Pause pause;

  DurableJob(Sandbox sandbox, String folder, Pause pause) {
    if (!folder.matches("/.*[^/]") || folder.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException(
          "a job's folder is an absolute path without a slash at its end: \"%s\""
              .formatted(folder));
    }
    this.sandbox = sandbox;
    this.folder = folder;
    this.pause = pause;
  }

  private static String script() {
    String name = "durable-job.sh";
    try (InputStream in = Objects.requireNonNull(DurableJob.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its folder in the sandbox, which holds {@code out}, {@code err} and {@code rc}. */
  public String folder() {
    return folder;
  }

  /**
   * Starts the command, unless this job was ever started; returns when that is certain. Its working
   * directory and environment are the command's; its standard input is empty.
   *
   * @return true if this call started it, false if an earlier one did, whatever its command was
   * @throws IllegalArgumentException if the command has a time limit or an open standard input: the
   *     limit would be the starter's. Put {@code timeout} before the command
   * @throws E2bTransportException if the answer was lost: it may have been started, so start again
   * @throws E2bException if the sandbox does not answer, or the folder can't be made
   */
  public boolean start(Command command) {
    if (command.timeout() != null || command.stdin()) {
      throw new IllegalArgumentException(
          "a durable job has no time limit and no standard input: put the program timeout before"
              + " the command, and its input into a file");
    }
    List<String> argv = new ArrayList<>(List.of("setsid", "-f"));
    argv.addAll(script("start"));
    argv.addAll(command.argv());
    Command.Builder starter =
        Command.builder(argv.toArray(String[]::new)).env(command.env()).timeout(LIMIT);
    if (command.cwd() != null) {
      starter.cwd(command.cwd());
    }
    CommandResult result = sandbox.commands().run(starter.build());
    return switch (result.stdout().strip()) {
      case "started" -> true;
      case "known" -> false;
      default -> throw failure("start", result);
    };
  }

  /**
   * How it stands.
   *
   * @throws E2bException if the sandbox does not answer
   */
  public JobState state() {
    CommandResult result = run("state");
    JobState state = JobState.of(result.stdout().strip());
    if (state == null) {
      throw failure("look at", result);
    }
    return state;
  }

  /**
   * Sends a signal to the command and all of its process group. A command that was started and has
   * not begun is waited for, up to five seconds.
   *
   * @return false if it does not run
   * @throws E2bException if the sandbox does not answer; the signal may have been sent
   */
  public boolean signal(ProcessSignal signal) {
    CommandResult result = run("signal", signal.name().substring("SIG".length()));
    String said = result.stdout().strip();
    JobState state = JobState.of(said);
    if (!said.equals("sent") && (state == null || state.phase() == JobState.Phase.RUNNING)) {
      throw failure("signal", result);
    }
    return said.equals("sent");
  }

  /**
   * A part of what it wrote to stdout; as {@link Files#readRange}.
   *
   * @throws NotFoundException if it was never started
   */
  public FileRange stdout(long offset, int maxBytes) {
    return sandbox.files().readRange(folder + "/out", offset, maxBytes);
  }

  /** A part of what it wrote to stderr; as {@link #stdout}. */
  public FileRange stderr(long offset, int maxBytes) {
    return sandbox.files().readRange(folder + "/err", offset, maxBytes);
  }

  /**
   * Hands on what it writes to stdout, from an offset on, each byte once, until it has ended. While
   * it is silent it is asked every 100 ms at first and every 5 s at last.
   *
   * <p>After any failure, and after the limit, the job goes on, its output stays, and {@link
   * FileRange#nextOffset()} of the last part is the place to follow from again.
   *
   * @param output called on this thread, with at most 1 MiB; slowness here holds up nothing there
   * @param limit the longest to follow a job that runs; of one that has ended all is handed on
   * @return the exit code; empty if it still runs after the limit
   * @throws E2bException if it is lost (see {@link JobState.Phase#LOST}), or the sandbox does not
   *     answer
   * @throws NotFoundException if it was never started
   * @throws E2bInterruptedException if this thread is interrupted
   */
  public OptionalInt follow(long offset, Consumer<FileRange> output, Duration limit) {
    long begun = System.nanoTime();
    long at = offset;
    JobState state = new JobState(JobState.Phase.RUNNING, null);
    Duration rest = SOON;
    while (true) {
      FileRange part = stdout(at, PIECE);
      if (!part.isEmpty()) {
        output.accept(part);
        at = part.nextOffset();
        rest = SOON;
      } else if (state.phase() != JobState.Phase.RUNNING) {
        // What was written between the last look and the end has been read by now.
        return end(state);
      } else {
        state = state();
      }
      Duration left = limit.minusNanos(System.nanoTime() - begun);
      if (state.phase() == JobState.Phase.RUNNING) {
        if (left.isNegative() || left.isZero()) {
          return OptionalInt.empty();
        }
        if (part.isEmpty()) {
          rest(rest.compareTo(left) < 0 ? rest : left);
          rest = rest.multipliedBy(2).compareTo(LATE) < 0 ? rest.multipliedBy(2) : LATE;
        }
      }
    }
  }

  private OptionalInt end(JobState state) {
    if (state.phase() != JobState.Phase.ENDED) {
      throw new E2bException(
          "cannot follow %s: it was started and is gone without an exit code; was the sandbox booted"
                  .formatted(named())
              + " anew? Start it under another folder",
          null);
    }
    return state.exit();
  }

  private void rest(Duration duration) {
    try {
      pause.pause(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new E2bInterruptedException("interrupted while following " + named(), e);
    }
  }

  /**
   * Removes its folder, and with it all that is known of it. A job that runs goes on unseen, and
   * may then be started a second time: end it first.
   */
  public void remove() {
    sandbox.files().remove(folder);
  }

  private CommandResult run(String verb, String... arguments) {
    List<String> argv = new ArrayList<>(script(verb));
    argv.addAll(List.of(arguments));
    return sandbox
        .commands()
        .run(Command.builder(argv.toArray(String[]::new)).cwd("/").timeout(LIMIT).build());
  }

  private List<String> script(String verb) {
    return List.of("/bin/sh", "-c", SCRIPT, "durable-job", verb, folder);
  }

  private E2bException failure(String verb, CommandResult result) {
    String said = ErrorBody.line(result.stderr() + " " + result.stdout(), MAX_SAID);
    return new E2bException(
        "cannot %s %s: %s"
            .formatted(verb, named(), said.isEmpty() ? result.exit().describe() : said),
        null);
  }

  private String named() {
    return "job %s in sandbox %s".formatted(folder, sandbox.sandboxId());
  }

  @Override
  public String toString() {
    return "DurableJob[" + named() + "]";
  }
}
