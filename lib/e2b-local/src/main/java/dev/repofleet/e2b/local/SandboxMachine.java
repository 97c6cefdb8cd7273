package dev.repofleet.e2b.local;

import java.io.IOException;

/**
 * What a sandbox is made of: processes and files, real ones of this host or simulated ones.
 * Thread-safe after {@link #start()}. All methods may block.
 */
interface SandboxMachine {
  /** Makes it. On failure nothing is left running. */
  void start() throws IOException, InterruptedException;

  /** Its files, as this user has them. */
  SandboxFiles files(LinuxUser user);

  /**
   * Starts a program; returns when it runs. Its output waits until it is followed.
   *
   * @throws RpcException when its directory does not exist
   */
  RunningProgram launch(ProcessConfig config, LinuxUser user) throws IOException;

  /** Stops every process where it stands. */
  void freeze() throws IOException, InterruptedException;

  /** Lets them go on. */
  void thaw() throws IOException, InterruptedException;

  /** Kills every process and waits for their end, at most 5 s. The files stay. */
  void destroy();
}
