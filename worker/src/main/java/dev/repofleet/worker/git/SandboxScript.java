package dev.repofleet.worker.git;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandExit;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bTransportException;
import dev.repofleet.e2b.OutputListener;
import dev.repofleet.e2b.ProcessSignal;
import dev.repofleet.e2b.RunningCommand;
import dev.repofleet.e2b.Sandbox;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs shipped scripts in a sandbox and lets the caller live on meanwhile. Stateless. */
public final class SandboxScript {
  /** Well within the shortest heartbeat timeout that is used, 3 s. */
  private static final Duration BEAT = Duration.ofSeconds(1);

  /** For the end to be told after {@code timeout} has ended the script. */
  private static final Duration GRACE = Duration.ofSeconds(15);

  /** After its time a sandbox ends a command by itself; one that tells no end is not waited for. */
  private static final Duration UNTOLD = Duration.ofSeconds(30);

  private static final int MAX_OUTPUT = 2 << 20;

  /**
   * How a script ended.
   *
   * @param exitCode of the script; 124 or 137 when its time was over, -1 when a signal ended it
   */
  public record Result(int exitCode, String stdout, String stderr) {}

  private SandboxScript() {}

  /**
   * Runs to the end. {@code beat} is called first and each few seconds; when it throws, the script
   * is ended with its whole process group, and the exception goes on.
   *
   * @throws E2bException as starting a command throws, and when no end is told long after the limit
   */
  public static Result run(
      Sandbox sandbox,
      ShippedScript script,
      Duration limit,
      Map<String, String> environment,
      List<String> arguments,
      Runnable beat) {
    Command command =
        script.command(limit, arguments).env(environment).timeout(limit.plus(GRACE)).build();
    Output output = new Output();
    beat.run(); // a worker that stood still must not begin what another one has done
    try (RunningCommand running = sandbox.commands().start(command, output)) {
      long end = System.nanoTime() + limit.plus(GRACE).plus(UNTOLD).toNanos();
      Optional<CommandExit> exit = Optional.empty();
      while (exit.isEmpty()) {
        beatOrEnd(
            running,
            () -> {
              beat.run();
              requireTold(sandbox, script, end);
            });
        exit = running.awaitExit(BEAT);
      }
      return new Result(exit.get().exitCode(), output.stdout(), output.stderr());
    }
  }

  private static void requireTold(Sandbox sandbox, ShippedScript script, long end) {
    if (System.nanoTime() - end > 0) {
      throw new E2bTransportException(
          "cannot run %s in sandbox %s: no end was told, and its time is long over"
              .formatted(script, sandbox.sandboxId()),
          true,
          null);
    }
  }

  private static void beatOrEnd(RunningCommand running, Runnable beat) {
    try {
      beat.run();
    } catch (RuntimeException e) {
      try {
        // To `timeout`, which hands it on to its whole group, and ends what does not heed it.
        running.signal(ProcessSignal.SIGTERM);
        running.awaitExit(ShippedScript.PATIENCE.plus(BEAT));
        // In the instant of its fork a signal ends it alone (coreutils 9.1: one in ten that came
        // within 2 ms of its start), and Bash forgets some in the instant of its own.
        running.signalGroup(ProcessSignal.SIGKILL);
      } catch (E2bException failed) {
        e.addSuppressed(failed);
      }
      throw e;
    }
  }

  private static final class Output implements OutputListener {
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    @Override
    public void onStdout(byte[] bytes) {
      keep(stdout, bytes);
    }

    @Override
    public void onStderr(byte[] bytes) {
      keep(stderr, bytes);
    }

    private static void keep(ByteArrayOutputStream kept, byte[] bytes) {
      synchronized (kept) {
        kept.write(bytes, 0, Math.min(bytes.length, MAX_OUTPUT - kept.size()));
      }
    }

    private String stdout() {
      synchronized (stdout) {
        return stdout.toString(StandardCharsets.UTF_8);
      }
    }

    private String stderr() {
      synchronized (stderr) {
        return stderr.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
