package dev.repofleet.e2b;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A command to run in a sandbox. Immutable; {@link #toString()} shows the program and the names of
 * its variables, no argument and no value.
 *
 * <p>Standard input is {@code /dev/null} unless {@link Builder#stdin} opens it: many programs wait
 * for ever on a pipe that stays open.
 *
 * @param argv the program and its arguments, passed as they are; no shell reads them
 * @param cwd working directory; null means the template's, else the user's home
 * @param env variables of this process alone; they win over the sandbox's. While it runs, every
 *     process of the sandbox can read them from the process list
 * @param timeout after this the process is killed, even when nobody listens any more; null is no
 *     limit
 * @param stdin whether there is a pipe to write to with {@link RunningCommand#sendStdin}; it stays
 *     open until {@link RunningCommand#closeStdin}, even when the connection is lost
 * @param maxOutput how many bytes {@link Commands#run} keeps of stdout, and as many of stderr
 */
public record Command(
    List<String> argv,
    @Nullable String cwd,
    Map<String, String> env,
    @Nullable Duration timeout,
    boolean stdin,
    int maxOutput) {

  /** 1 MiB each of stdout and stderr. */
  public static final int DEFAULT_MAX_OUTPUT = 1 << 20;

  /** The Connect protocol allows ten digits of milliseconds; this is some 115 days. */
  private static final Duration MAX_TIMEOUT = Duration.ofMillis(9_999_999_999L);

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if there is no program, the timeout is not positive or above
   *     115 days, or maxOutput is negative
   */
  public Command {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
    if (argv.isEmpty() || argv.get(0).isEmpty()) {
      throw new IllegalArgumentException("a command needs a program to run");
    }
    // Zero on the wire means "expired already", which nobody wants.
    if (timeout != null
        && (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0)) {
      throw new IllegalArgumentException(
          "a command's timeout must be positive and at most 115 days, not " + timeout);
    }
    if (maxOutput < 0) {
      throw new IllegalArgumentException("maxOutput must not be negative: " + maxOutput);
    }
  }

  /** A program with its arguments, exactly as given. */
  public static Command of(String... argv) {
    return builder(argv).build();
  }

  /** A script for a login shell: {@code /bin/bash -l -c script}. */
  public static Command shell(String script) {
    return shellBuilder(script).build();
  }

  /** Like {@link #of}, with more to set. */
  public static Builder builder(String... argv) {
    return new Builder(List.of(argv));
  }

  /** Like {@link #shell}, with more to set. */
  public static Builder shellBuilder(String script) {
    return new Builder(List.of("/bin/bash", "-l", "-c", script));
  }

  @Override
  public String toString() {
    return "Command[%s and %d arguments, cwd=%s, env=%s, timeout=%s]"
        .formatted(argv.get(0), argv.size() - 1, cwd, new TreeSet<>(env.keySet()), timeout);
  }

  /** Collects a command; not thread-safe. */
  public static final class Builder {
    private List<String> argv;
    private @Nullable String cwd;
    private final Map<String, String> env = new LinkedHashMap<>();
    private @Nullable Duration timeout;
    private boolean stdin;
    private int maxOutput = DEFAULT_MAX_OUTPUT;

    private Builder(List<String> argv) {
      this.argv = argv;
    }

    /** The working directory; relative ones and {@code ~} count from the user's home. */
    public Builder cwd(String value) {
      this.cwd = Objects.requireNonNull(value, "cwd");
      return this;
    }

    /** Adds a variable. */
    public Builder env(String name, String value) {
      env.put(name, value);
      return this;
    }

    /** Adds variables. */
    public Builder env(Map<String, String> variables) {
      env.putAll(variables);
      return this;
    }

    /** When to kill the process; absent is never. */
    public Builder timeout(Duration value) {
      this.timeout = Objects.requireNonNull(value, "timeout");
      return this;
    }

    /** True: stdin is a pipe, to be written to and closed by the caller. */
    public Builder stdin(boolean value) {
      this.stdin = value;
      return this;
    }

    /**
     * Runs it in a process group of its own, so that {@link RunningCommand#signalGroup} reaches its
     * children too. The program {@code timeout} leads the group, hands SIGTERM on to all of it and
     * ends with the command's exit code; it is in every image with GNU's tools. Without this a
     * process is in envd's own group, and no signal to a group can reach it alone.
     */
    public Builder ownGroup() {
      List<String> led = new ArrayList<>(List.of("timeout", "0"));
      led.addAll(argv);
      argv = List.copyOf(led);
      return this;
    }

    /** How many bytes to keep of stdout, and of stderr. */
    public Builder maxOutput(int bytes) {
      this.maxOutput = bytes;
      return this;
    }

    /**
     * Checks and freezes.
     *
     * @throws IllegalArgumentException as the record's constructor says
     */
    public Command build() {
      return new Command(argv, cwd, env, timeout, stdin, maxOutput);
    }
  }
}
