package dev.repofleet.starter.logs;

import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.BatchView;
import dev.repofleet.starter.batch.StageWords;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.render.EventConsumer;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.starter.server.ServerAbsence;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.review.RepositoryProgress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Shows what the agent does in one repository, now or to the end. For one review and thread. */
final class LogFollower {
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** The stage is a worker's to tell: not asked for with every look. */
  private static final int STAGE_EVERY = 5;

  private final BatchView view;
  private final BatchRecords records;
  private final TargetRow target;
  private final EndedReview ended;
  private final ReviewLog reviewLog;
  private final EventConsumer events;
  private final Consumer<String> talk;
  private final ServerAbsence absence;
  private final Pause pause;

  private boolean seenRunning;
  private boolean anyEvent;
  private String stage = "";

  LogFollower(
      BatchView view,
      BatchRecords records,
      TargetRow target,
      Listener listener,
      Clock clock,
      Pause pause) {
    this.view = view;
    this.records = records;
    this.target = target;
    this.ended = new EndedReview(records, target, listener);
    this.reviewLog = new ReviewLog(records, target.key());
    this.events = listener.events();
    this.talk = listener.talk();
    this.absence =
        new ServerAbsence(
            "review",
            "`repofleet logs " + records.batch() + " " + target.key() + " -f` shows it",
            clock,
            listener.talk());
    this.pause = pause;
  }

  /**
   * Shows what there is; with {@code follow} blocks until the review has ended.
   *
   * @throws CommandException with exit code 5 when the server does not answer, or stays away
   */
  void show(boolean follow) throws InterruptedException {
    if (!running(follow) && ended.show()) {
      return;
    }
    for (int look = 0; true; look++) {
      // Asked first: what is in the store afterwards is all there is.
      Boolean over = over(follow);
      anyEvent |= reviewLog.live(events);
      if (Boolean.TRUE.equals(over)) {
        sayOver();
        return;
      }
      if (over != null && (!anyEvent || look % STAGE_EVERY == 0)) {
        sayStage();
      }
      if (!follow) {
        return;
      }
      pause.await(EVERY);
    }
  }

  private boolean running(boolean follow) {
    try {
      return view.reviewRuns(target.key());
    } catch (TemporalAwayException e) {
      if (!follow) {
        throw e;
      }
      return true;
    }
  }

  /** Whether the review is over; absent while the server does not say. */
  private @Nullable Boolean over(boolean follow) {
    try {
      boolean running = view.reviewRuns(target.key());
      boolean over =
          !running && (seenRunning || records.result(target.key()).isPresent() || leftByTheBatch());
      seenRunning |= running;
      absence.over();
      return over;
    } catch (TemporalAwayException e) {
      if (!follow) {
        throw e;
      }
      absence.lasts(e);
      return null;
    }
  }

  private boolean leftByTheBatch() {
    if (view.end().isPresent()) {
      return true;
    }
    Optional<BatchProgress> progress = view.progress();
    return progress.isPresent()
        && target.index() < progress.get().dispatched()
        && progress.get().running().stream().noneMatch(each -> each.key().equals(target.key()));
  }

  private void sayStage() {
    String now = seenRunning ? stageNow() : "queued: it has not been started yet";
    if (!now.isEmpty() && !now.equals(stage)) {
      stage = now;
      talk.accept(target.target() + "  " + now);
    }
  }

  private String stageNow() {
    Optional<RepositoryProgress> progress;
    try {
      progress = view.repository(target.key());
    } catch (TemporalAwayException e) {
      return "";
    }
    return progress.map(each -> StageWords.of(records.batch(), target.key(), each)).orElse("");
  }

  private void sayOver() {
    Optional<RepositoryResult> result = records.result(target.key());
    if (reviewLog.missed() > 0) {
      talk.accept(
          Wording.count(reviewLog.missed(), "event was", "events were")
              + " too much for the live view: the same command without -f shows all of them.");
    }
    if (result.isPresent()) {
      talk.accept(EndedReview.line(target, result.get()));
    } else {
      talk.accept(
          target.target()
              + " was never started, or left no result: `repofleet status "
              + records.batch()
              + "` shows what became of it.");
    }
  }

  /**
   * Who gets what is shown.
   *
   * @param events of the agent
   * @param talk about them, line by line
   */
  record Listener(EventConsumer events, Consumer<String> talk) {}
}
