package dev.repofleet.e2b;

import java.time.Duration;

/** Waits between two looks at something. */
interface Pause {
  void pause(Duration duration) throws InterruptedException;
}
