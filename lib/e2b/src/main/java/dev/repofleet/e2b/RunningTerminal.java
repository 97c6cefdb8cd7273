package dev.repofleet.e2b;

import java.time.Duration;
import java.util.Optional;

/**
 * A program in a terminal, and the stream of what it shows. Thread-safe.
 *
 * <p>Closing this lets go of the stream; the program goes on. Whoever wants it ended calls {@link
 * #kill()}.
 */
public final class RunningTerminal implements AutoCloseable {
  private final Commands commands;
  private final RunningCommand running;

  RunningTerminal(Commands commands, RunningCommand running) {
    this.commands = commands;
    this.running = running;
  }

  /** The program's process id inside the sandbox, to {@link Pty#connect} to it again. */
  public long pid() {
    return running.pid();
  }

  /**
   * Types: the bytes reach the program as if from a keyboard, so that 3 is Ctrl-C.
   *
   * @throws NotFoundException if the program has ended
   * @throws E2bTransportException if the connection fails; any part may have been typed
   */
  public void write(byte[] bytes) {
    commands.sendToPty(running.pid(), bytes);
  }

  /**
   * Changes the terminal's size, which the program is told.
   *
   * @throws NotFoundException if the program has ended
   */
  public void resize(TerminalSize size) {
    commands.resize(running.pid(), size);
  }

  /** Waits for the program's end; see {@link RunningCommand#awaitExit}. */
  public Optional<CommandExit> awaitExit(Duration limit) {
    return running.awaitExit(limit);
  }

  /** Sends SIGKILL to the program; see {@link RunningCommand#kill()}. */
  public boolean kill() {
    return running.kill();
  }

  /** Lets go of the stream: the program is <em>not</em> ended. Idempotent. */
  @Override
  public void close() {
    running.close();
  }
}
