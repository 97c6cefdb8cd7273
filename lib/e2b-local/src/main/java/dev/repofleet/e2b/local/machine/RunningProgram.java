package dev.repofleet.e2b.local.machine;

import java.io.IOException;

/** A program that was started in a sandbox, below its {@code SandboxProcess}. Thread-safe. */
public interface RunningProgram {
  /** The pid inside the sandbox. */
  long pid();

  /** Lets output and end come; called once. Returns at once. */
  void follow(Follower follower);

  /** SIGKILL or SIGTERM to this process alone, not to its group (E2B contract, 4.3). */
  void signal(boolean kill);

  /** Writes to its standard input. */
  void write(byte[] input) throws IOException;

  /** Gives the terminal that it was started in another size. */
  void resize(TerminalSize size) throws IOException;

  /** Ends its standard input; a second time does nothing. */
  void closeStdin();

  /** Ends what is left of it in a sandbox that has been killed. */
  void abandon();

  /** Who is told of a program's output and end, on threads that may block. */
  interface Follower {
    /**
     * Output of {@code stdout}, {@code stderr} or {@code pty}; blocks while a client does not read.
     */
    void output(String channel, byte[] bytes, int length) throws InterruptedException;

    /** The end; the last call. */
    void ended(ExitStatus status);
  }
}
