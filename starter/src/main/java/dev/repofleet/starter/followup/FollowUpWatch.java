package dev.repofleet.starter.followup;

import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchView;
import dev.repofleet.starter.batch.StageWords;
import dev.repofleet.starter.batch.UnattendedNotice;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.server.TemporalAwayException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Follows one review to its end and says where it is. For one review and thread. */
final class FollowUpWatch {
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final BatchView view;
  private final String batch;
  private final TargetRow target;
  private final Consumer<String> talk;
  private final Pause pause;
  private final UnattendedNotice unattended;

  private String place = "";
  private boolean away;

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
    this.pause = pause;
    this.unattended = new UnattendedNotice(view, clock, talk);
  }

  /** Blocks until the review has ended, however long nobody answers. */
  void awaitEnd() throws InterruptedException {
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
      unattended.unanswered();
      return;
    }
    unattended.attended();
    if (!now.get().equals(place)) {
      place = now.get();
      talk.accept(PlainText.of(target.target()) + "  " + place);
    }
  }
}
