package dev.repofleet.starter.command;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Says something when the process is told to end while this is open. Ending the process itself is
 * the Java VM's: its exit code after Ctrl-C is 130.
 */
public final class InterruptNotice implements AutoCloseable {
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private final Thread hook;

  /** Runs this on a thread of its own when the process is told to end. */
  public InterruptNotice(Runnable notice) {
    hook =
        new Thread(
            () -> {
              interrupted.set(true);
              notice.run();
            },
            "repofleet-interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the process is ending: what fails from now on is no news. */
  public boolean interrupted() {
    return interrupted.get();
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // Too late to take it back: it runs or has run.
      return;
    }
  }
}
