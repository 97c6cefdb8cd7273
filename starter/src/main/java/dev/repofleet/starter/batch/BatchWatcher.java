package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.starter.render.RepositoryEvent;
import dev.repofleet.starter.server.ServerAbsence;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.batch.BatchControl;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.progress.RunningRepository;
import dev.repofleet.workflows.review.RepositoryProgress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Follows a batch to its end by asking. For one batch and one thread; it changes nothing, so it can
 * stop and begin again at any time.
 *
 * <p>A server or worker that is away for a while is said once and waited for.
 */
public final class BatchWatcher {
  /** Most repositories asked about in one round: each question takes a worker's time. */
  private static final int MAX_QUESTIONS = 20;

  private final BatchView view;
  private final BatchRecords records;
  private final BatchListener listener;
  private final Clock clock;
  private final Pause pause;
  private List<TargetRow> targets;
  private final Instant begun;
  private final UnattendedNotice unattended;
  private final ServerAbsence absence;

  private final BitSet told = new BitSet();
  private final Map<Integer, String> places = new HashMap<>();

  /** The place at which failures were told last, by index. */
  private final Map<Integer, String> failures = new HashMap<>();

  private boolean addedUnread;
  private int nextQuestion;
  private @Nullable String held;

  /**
   * A watcher.
   *
   * @param view of the batch
   * @param records of the same batch
   */
  public BatchWatcher(
      BatchView view, BatchRecords records, BatchListener listener, Clock clock, Pause pause) {
    this.view = view;
    this.records = records;
    this.listener = listener;
    this.clock = clock;
    this.pause = pause;
    this.targets = records.targets();
    this.begun = clock.instant();
    this.unattended = new UnattendedNotice(view, clock, listener::say);
    this.absence =
        new ServerAbsence(
            "batch",
            "`repofleet status " + records.batch() + "` shows the batch",
            clock,
            listener::say);
  }

  /**
   * Blocks until the batch has ended and every repository's end was told.
   *
   * @throws CommandException with exit code 5 when the server stays away
   * @throws InterruptedException when the thread is interrupted; the batch goes on
   */
  public BatchEnd watch() throws InterruptedException {
    while (true) {
      try {
        Optional<BatchEnd> end = view.end();
        absence.over();
        if (end.isPresent()) {
          tellTheRest();
          return end.get();
        }
        look();
      } catch (TemporalAwayException e) {
        absence.lasts(e);
      }
      pause.await(interval());
    }
  }

  /** Quick while a person looks on, slow through the night. */
  private Duration interval() {
    Duration watched = Duration.between(begun, clock.instant());
    if (watched.compareTo(Duration.ofMinutes(2)) < 0) {
      return Duration.ofSeconds(1);
    }
    return watched.compareTo(Duration.ofMinutes(20)) < 0
        ? Duration.ofSeconds(3)
        : Duration.ofSeconds(10);
  }

  private void look() {
    Optional<BatchProgress> progress = view.progress();
    boolean attended = progress.isPresent() && progress.get().dispatched() > 0;
    if (progress.isPresent()) {
      if (progress.get().total() > targets.size()) {
        readAdded();
      }
      tellHold(rests(progress.get()));
      tellEnded(progress.get());
      listener.batch(progress.get());
      askRunning(progress.get().running());
    }
    if (attended) {
      unattended.attended();
    } else {
      unattended.unanswered();
    }
  }

  /** Why nothing is started; absent while something may be. */
  static @Nullable String rests(BatchProgress progress) {
    BatchControl control = progress.control();
    return progress.held() == null && control != null && control.paused()
        ? HoldEvent.PAUSED
        : progress.held();
  }

  private void tellHold(@Nullable String now) {
    if (!Objects.equals(now, held)) {
      held = now;
      listener.hold(new HoldEvent(now(), records.batch(), now));
    }
  }

  /** A store that can't be read now is asked again in the next round. */
  private void readAdded() {
    try {
      targets = records.targets();
      addedUnread = false;
    } catch (ArtifactException e) {
      if (!addedUnread) {
        addedUnread = true;
        listener.say("What was added can't be read yet: " + e.getMessage());
      }
    }
  }

  /**
   * What was dispatched and no longer runs has ended; its result was written before that. What was
   * cancelled before it began has none, and no round asks the store for it.
   */
  private void tellEnded(BatchProgress progress) {
    BitSet running = new BitSet();
    BitSet notStarted = new BitSet();
    progress.running().forEach(repository -> running.set(repository.index()));
    if (progress.control() != null) {
      progress.control().again().forEach(range -> running.set(range.from(), range.to()));
      progress.control().notStarted().forEach(range -> notStarted.set(range.from(), range.to()));
    }
    // Who was asked for again ends again.
    told.andNot(running);
    int dispatched = Math.min(progress.dispatched(), targets.size());
    for (int i = told.nextClearBit(0); i < dispatched; i = told.nextClearBit(i + 1)) {
      if (notStarted.get(i)) {
        target(i).ifPresent(target -> tellEnd(target, End.of(BatchAssembly.cancelled(target))));
      } else if (!running.get(i)) {
        target(i).ifPresent(target -> result(target).ifPresent(end -> tellEnd(target, end)));
      }
    }
  }

  /** Empty when the store can't be read now: it is asked again in the next round. */
  private Optional<TargetRow> target(int index) {
    try {
      return Optional.of(targets.get(index));
    } catch (ArtifactException e) {
      return Optional.empty();
    }
  }

  /** A result that can't be read now, or at all, is told at the end of the batch. */
  private Optional<End> result(TargetRow target) {
    try {
      return records.result(target.key()).map(End::of);
    } catch (ArtifactException e) {
      return Optional.empty();
    }
  }

  private void askRunning(List<RunningRepository> running) {
    int questions = Math.min(MAX_QUESTIONS, running.size());
    for (int i = 0; i < questions; i++) {
      RunningRepository repository = running.get(Math.floorMod(nextQuestion++, running.size()));
      if (repository.index() < targets.size() && !told.get(repository.index())) {
        view.repository(repository.key())
            .ifPresent(
                progress ->
                    target(repository.index()).ifPresent(target -> tellPlace(target, progress)));
      }
    }
  }

  private void tellPlace(TargetRow target, RepositoryProgress progress) {
    if (progress.stage() == Stage.DONE) {
      // Its end is told from its result, which has the cause and the cost.
      return;
    }
    listener.works(target, progress);
    String place = progress.stage().code() + " " + progress.turn();
    if (place.equals(places.put(target.index(), place))) {
      tellFailures(target, progress, place);
    } else {
      listener.repository(
          new RepositoryEvent(
              now(),
              records.batch(),
              target.index(),
              targets.size(),
              target.key(),
              target.target(),
              progress.stage().code(),
              progress.turn(),
              null,
              null,
              progress.costUsd(),
              counts(progress.findings()),
              null));
    }
  }

  /** Once for each place: the batch goes on by itself, and the end has the cause. */
  private void tellFailures(TargetRow target, RepositoryProgress progress, String place) {
    if (place.equals(failures.get(target.index()))) {
      return;
    }
    view.failedAttempts(target.key())
        .filter(FailedAttempts::worthAWord)
        .ifPresent(
            failed -> {
              failures.put(target.index(), place);
              listener.say(failed.line(target.target(), progress.stage().code()));
            });
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** As results have them. */
  public static SeverityCounts counts(dev.repofleet.workflows.SeverityCounts counts) {
    return new SeverityCounts(
        counts.critical(), counts.high(), counts.medium(), counts.low(), counts.info());
  }

  private void tellEnd(TargetRow target, End end) {
    BatchRow row = end.row();
    told.set(target.index());
    String place = places.remove(target.index());
    int turn =
        end.lastTurn() != null
            ? end.lastTurn()
            : place == null ? 0 : Integer.parseInt(place.substring(place.indexOf(' ') + 1));
    listener.repository(
        new RepositoryEvent(
            now(),
            records.batch(),
            target.index(),
            targets.size(),
            target.key(),
            target.target(),
            Stage.DONE.code(),
            turn,
            row.status(),
            row.cause(),
            row.costUsd(),
            row.findings(),
            end.took()));
  }

  private void tellTheRest() {
    Map<Integer, BatchRow> rows =
        WrittenEnd.of(records, view).map(BatchResult::repositories).orElse(List.of()).stream()
            .collect(Collectors.toMap(BatchRow::index, row -> row, (first, second) -> first));
    targets = records.targets(); // some may have been added since the last look
    for (TargetRow target : targets) {
      if (!told.get(target.index())) {
        BatchRow row = rows.get(target.index());
        End end =
            row != null
                ? End.of(row)
                : result(target).orElseGet(() -> End.of(BatchAssembly.notStarted(target)));
        tellEnd(target, end);
      }
    }
  }

  /** How a repository ended; how long it took and its last turn, where its result tells them. */
  private record End(BatchRow row, @Nullable Duration took, @Nullable Integer lastTurn) {
    static End of(BatchRow row) {
      return new End(row, null, null);
    }

    static End of(RepositoryResult result) {
      return new End(
          BatchRow.of(result, result.files().uris()),
          result.took().orElse(null),
          result.turns().isEmpty() ? null : (Integer) (result.turns().size() - 1));
    }
  }
}
