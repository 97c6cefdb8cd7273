package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchListener;
import dev.repofleet.starter.batch.BatchView;
import dev.repofleet.starter.batch.BatchWatcher;
import dev.repofleet.starter.batch.StageWords;
import dev.repofleet.starter.command.InterruptNotice;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.live.LiveRow;
import dev.repofleet.starter.live.LiveView;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.starter.render.RepositoryEvent;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.activities.agent.RunSeen;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.progress.RunningRepository;
import dev.repofleet.workflows.review.RepositoryProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shows a batch that is watched in a {@link LiveView}: hears what the watcher sees, and draws while
 * the watcher waits. For the watcher's thread.
 */
final class LiveWatch implements BatchListener, Pause {
  private static final Duration REDRAW = Duration.ofSeconds(1);

  private final BatchView batch;
  private final List<TargetRow> targets;
  private final LiveView view;
  private final Pause pause;
  private final InterruptNotice notice;
  private final Map<Integer, LiveRow> known = new HashMap<>();

  LiveWatch(
      BatchView batch,
      List<TargetRow> targets,
      LiveView view,
      Pause pause,
      InterruptNotice notice) {
    this.batch = batch;
    this.targets = targets;
    this.view = view;
    this.pause = pause;
    this.notice = notice;
  }

  @Override
  public void repository(RepositoryEvent event) {
    RepositoryStatus status = event.status();
    if (status == null) {
      return;
    }
    known.remove(event.index());
    view.batch()
        .ends(
            event.index(),
            new LiveRow(
                event.target(),
                status.word(),
                event.turn(),
                null,
                event.costUsd(),
                event.findings(),
                null,
                event.took(),
                status,
                event.cause()));
  }

  @Override
  public void batch(BatchProgress progress) {
    view.begunAt(Instant.ofEpochMilli(progress.startedAt()));
    view.batch().total(progress.total());
    for (RunningRepository running : progress.running()) {
      if (running.index() < targets.size() && !known.containsKey(running.index())) {
        begins(running.index());
      }
    }
  }

  /** A store that can't be read now is asked again with the next progress. */
  private void begins(int index) {
    TargetRow target;
    try {
      target = targets.get(index);
    } catch (ArtifactException e) {
      return;
    }
    show(
        target,
        new RepositoryProgress(
            Stage.QUEUED, 0, null, null, 0, dev.repofleet.workflows.SeverityCounts.NONE),
        Optional.empty());
  }

  /** Said once, and shown as long as it lasts. */
  @Override
  public void hold(HoldEvent event) {
    view.batch().held(event.held() == null ? null : event.line());
    say(event.line());
  }

  @Override
  public void works(TargetRow target, RepositoryProgress place) {
    boolean inTurn = place.stage() == Stage.RUN || place.stage() == Stage.FOLLOW_UP;
    show(target, place, inTurn ? batch.run(target.key()) : Optional.empty());
  }

  private void show(TargetRow target, RepositoryProgress place, Optional<RunSeen.Numbers> run) {
    boolean before = place.stage().compareTo(Stage.RUN) < 0;
    Long startedAt = place.startedAt();
    LiveRow row =
        new LiveRow(
            target.target(),
            place.stage() == Stage.QUEUED ? "starting" : StageWords.brief(place),
            before ? null : (Integer) place.turn(),
            run.map(RunSeen.Numbers::agentMessages).orElse(null),
            place.costUsd() + run.map(RunSeen.Numbers::costUsd).orElse(0.0),
            BatchWatcher.counts(place.findings()),
            startedAt == null ? null : Instant.ofEpochMilli(startedAt),
            null,
            null,
            null);
    known.put(target.index(), row);
    view.batch().works(target.index(), row);
  }

  @Override
  public void say(String line) {
    if (!notice.interrupted()) {
      view.say(line);
    }
  }

  /** Draws once a second meanwhile, so that times go on. */
  @Override
  public void await(Duration time) throws InterruptedException {
    for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(REDRAW)) {
      if (!notice.interrupted()) {
        view.draw();
      }
      pause.await(left.compareTo(REDRAW) < 0 ? left : REDRAW);
    }
  }
}
