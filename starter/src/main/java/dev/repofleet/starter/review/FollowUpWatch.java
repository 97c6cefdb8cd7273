package dev.repofleet.starter.review;

import dev.repofleet.artifacts.TargetRow;
import dev.repofleet.starter.FleetOption;
import dev.repofleet.starter.PlainText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Follows one review to its end and says where it is. For one review and thread. */
final class FollowUpWatch {
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** A worker that is just starting deserves no alarm. */
  private static final Duration PATIENCE_WITH_WORKERS = Duration.ofSeconds(10);

  private final BatchView view;
  private final String batch;
  private final TargetRow target;
  private final Consumer<String> talk;
  private final Clock clock;
  private final Pause pause;

  private String place = "";
  private boolean away;
  private Instant attendedAt = Instant.MIN;
  private boolean unattendedSaid;

  FollowUpWatch(
      BatchView view,
      String batch,
      TargetRow target,
      Consumer<String> talk,
      Clock clock,
      Pause pause) {
    this.view = view;
    this.batch = batch;
    this.target = target;
    this.talk = talk;
    this.clock = clock;
    this.pause = pause;
  }

  /** Blocks until the review has ended, however long nobody answers. */
  void awaitEnd() throws InterruptedException {
    attendedAt = clock.instant();
    while (runs()) {
      pause.await(EVERY);
    }
  }

  private boolean runs() {
    try {
      boolean running = view.reviewRuns(target.key());
      if (running) {
        look();
      }
      away = false;
      return running;
    } catch (TemporalAwayException e) {
      if (!away) {
        talk.accept(e.getMessage() + ". The follow-up goes on where it can; still trying.");
      }
      away = true;
      return true;
    }
  }

  private void look() {
    Optional<String> now =
        view.repository(target.key()).map(progress -> StageWords.of(batch, target.key(), progress));
    if (now.isEmpty()) {
      unanswered();
      return;
    }
    attendedAt = clock.instant();
    unattendedSaid = false;
    if (!now.get().equals(place)) {
      place = now.get();
      talk.accept(PlainText.of(target.target()) + "  " + place);
    }
  }

  private void unanswered() {
    if (!unattendedSaid
        && Duration.between(attendedAt, clock.instant()).compareTo(PATIENCE_WITH_WORKERS) >= 0) {
      view.unattendedTaskQueue()
          .ifPresent(
              taskQueue -> {
                unattendedSaid = true;
                talk.accept(FleetOption.unattended(taskQueue));
              });
    }
  }
}
