package dev.repofleet.starter.command;

import java.time.Duration;

/** Lets time pass; a test passes it at once. */
@FunctionalInterface
public interface Pause {

  /** Blocks for about this long. */
  void await(Duration time) throws InterruptedException;

  /** Really waits. */
  Pause SLEEPING = time -> Thread.sleep(time.toMillis());
}
