package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.machine.LinuxUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The place where one sandbox's processes live: namespaces, or only a directory. Thread-safe after
 * {@link #start()}. All methods but the getters block.
 */
public interface SandboxRuntime {
  /**
   * Makes the file system, unless it is there, and the namespaces. On failure nothing is left
   * running.
   */
  void start() throws IOException, InterruptedException;

  /** The words that put a program of the sandbox before its own, as this user. */
  List<String> enter(LinuxUser user);

  /**
   * The words for a supervised command: a supervisor of the system's own around a program that runs
   * as this user.
   */
  List<String> supervised(LinuxUser user);

  /** How many generations a supervised command is below the process that was started for it. */
  int commandDepth();

  /** Turns a path as callers know it into one that programs started here understand. */
  String toReal(String path);

  /** HOME of a user, as its programs see it. */
  String home(LinuxUser user);

  /** TMPDIR where /tmp is not the sandbox's own; else empty. */
  String temporaryDirectory();

  /** A private host directory for this server's own small files about the sandbox. */
  Path controlDirectory();

  /** The directory that is its {@code /}; what an agent wrote below must not be followed. */
  Path rootDirectory();

  /** The pids, as this host counts, of all its processes. */
  List<Long> processes();

  /** Stops every process of the sandbox where it stands. */
  void freeze() throws IOException, InterruptedException;

  /**
   * Lets them go on.
   *
   * @param entrances pids of the processes by which commands entered: nsenter stops itself when its
   *     child is stopped, and must be continued as well
   */
  void thaw(List<Long> entrances) throws IOException, InterruptedException;

  /** Kills every process and waits for their end, at most 5 s. The files stay. */
  void destroy();
}
