package dev.repofleet.e2b.local.machine;

import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a sandbox is made of: processes and files, real ones of this host or simulated ones.
 * Thread-safe after {@link #start()}. All methods may block.
 */
public interface SandboxMachine {
  /**
   * Makes it, or boots it again after {@link #destroy()} on the files that are there. On failure
   * nothing is left running.
   */
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

  /** What its processes use now; empty for a simulated one. */
  Optional<MachineUsage> usage() throws IOException;

  /**
   * Copies its files to a directory that does not exist yet. For files that belong together it is
   * frozen by the caller.
   *
   * @throws ApiException 400 when it is simulated
   */
  void copyFiles(Path target) throws IOException, InterruptedException;

  /** Where a port of its own programs is listened on, on this host; empty if nobody listens. */
  Optional<String> listener(int port) throws IOException;

  /** Kills every process and waits for their end, at most 5 s. The files stay. */
  void destroy();
}
