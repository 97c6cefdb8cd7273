package dev.repofleet.starter.batch;

import dev.repofleet.starter.command.FleetOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells whoever waits that no worker serves the fleet, once: a worker that is just starting
 * deserves no alarm. Its patience of ten seconds begins when it is made. For one thread.
 */
public final class UnattendedNotice {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final BatchView view;
  private final Clock clock;
  private final Consumer<String> talk;
  private Instant attendedAt;
  private boolean given;

  /**
   * A notice that was not given yet.
   *
   * @param view of what is waited for
   * @param talk gets the notice
   */
  public UnattendedNotice(BatchView view, Clock clock, Consumer<String> talk) {
    this.view = view;
    this.clock = clock;
    this.talk = talk;
    this.attendedAt = clock.instant();
  }

  /** A worker has answered: patience begins anew, and the next notice is one of its own. */
  public void attended() {
    attendedAt = clock.instant();
    given = false;
  }

  /** Nobody has answered; asks the server once patience has ended. Whether the notice is given. */
  public boolean unanswered() {
    if (!given && Duration.between(attendedAt, clock.instant()).compareTo(PATIENCE) >= 0) {
      Optional<String> taskQueue = view.unattendedTaskQueue();
      taskQueue.map(FleetOption::unattended).ifPresent(talk);
      given = taskQueue.isPresent();
    }
    return given;
  }
}
