package dev.repofleet.worker.git;

import dev.repofleet.e2b.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A script of the worker's that runs in a sandbox. It travels as an argument of its own command:
 * nothing of it lies in the sandbox, where an agent could change it. Its head says what it takes.
 */
public enum ShippedScript {
  /** Puts the commit into the sandbox. */
  CLONE("clone.sh"),
  /** Keeps the commit's objects away from the agent, and later takes what changed against it. */
  TREE("tree.sh"),
  /** Tells of files at the commit. */
  COMMIT_FILES("commit-files.sh"),
  /** Copies the session's transcript while the agent stands still. */
  SNAPSHOT("/dev/repofleet/worker/checkpoint/snapshot.sh"),
  /** Brings a fresh clone on to what a checkpoint held. */
  RESTORE("restore.sh"),
  /** Makes a sandbox ready for its repository's next lease. */
  CLEAN("/dev/repofleet/worker/sandbox/clean.sh"),
  /** Makes the state folder ready for runs. */
  PREPARE("/dev/repofleet/worker/sandbox/prepare.sh"),
  /** Runs the plan's own command. */
  VERIFY("/dev/repofleet/worker/verify/verify.sh");

  /** From TERM to KILL. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String name;
  private final String text;

  ShippedScript(String name) {
    this.name = name;
    this.text = read("lease.sh") + read(name);
  }

  private static String read(String name) {
    try (InputStream in = ShippedScript.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the worker's jar lacks " + name + ": build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The script with arguments, to be given its environment. {@code timeout} leads it: a process
   * group of its own, ended as a whole by a signal to it. envd's time limit would leave children.
   */
  public Command.Builder command(Duration limit, List<String> arguments) {
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("timeout", "-k", seconds(PATIENCE), seconds(limit)));
    argv.addAll(List.of("/bin/bash", "-c", text, name));
    argv.addAll(arguments);
    return Command.builder(argv.toArray(String[]::new));
  }

  private static String seconds(Duration time) {
    return Long.toString(time.toSeconds());
  }
}
