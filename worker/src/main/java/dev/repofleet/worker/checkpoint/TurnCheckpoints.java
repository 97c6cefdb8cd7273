package dev.repofleet.worker.checkpoint;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.result.Checkpoint;
import dev.repofleet.artifacts.result.Checkpoint.StoredFile;
import dev.repofleet.e2b.E2bInterruptedException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.TreeChanges;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.activities.agent.TurnInput;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints that one attempt at a turn takes: every {@link TurnInput#checkpointEvery()} while
 * the agent's output grows, and at the turn's end. For one thread.
 *
 * <p>The agent stands still while its transcript is copied; its changes are taken after that, while
 * it works on. So the tree may be ahead of the talk, which the agent finds out when it goes on, and
 * never behind it. A checkpoint that can't be taken never fails the turn.
 */
public final class TurnCheckpoints {
  private static final Logger log = LoggerFactory.getLogger(TurnCheckpoints.class);

  /** A large tree is compared in so many seconds of the sandbox's CPU: at most a sixth of it. */
  private static final int REST = 5;

  private final Sandbox sandbox;
  private final TurnInput input;
  private final ArtifactStore store;
  private final KnownSecrets secrets;
  private final Clock clock;
  private final CheckpointRecords records;

  private @Nullable Instant due;
  private int lastIncarnation = -1;
  private long lastOffset;
  private boolean warned;

  /** Of one attempt at {@code input} in {@code sandbox}. */
  public TurnCheckpoints(
      Sandbox sandbox, TurnInput input, ArtifactStore store, KnownSecrets secrets, Clock clock) {
    this.sandbox = sandbox;
    this.input = input;
    this.store = store;
    this.secrets = secrets;
    this.clock = clock;
    this.records = new CheckpointRecords(store, input.batch(), input.key(), input.generation());
  }

  /**
   * Takes one when the time has come and there is output that the last one has not. Blocks for as
   * long as that lasts.
   *
   * @param incarnation the turn's latest process
   * @param offset bytes of its output
   * @param beat called every second or so meanwhile; what it throws goes on
   */
  public void takeIfDue(int incarnation, long offset, Runnable beat) {
    if (due == null) {
      due = firstDue(offset);
    }
    boolean grown = incarnation > lastIncarnation || offset > lastOffset;
    if (offset <= 0 || !grown || clock.instant().isBefore(due)) {
      return;
    }
    Instant began = clock.instant();
    Optional<String> unused = take(beat, guarded -> save(incarnation, offset, false, guarded));
    Duration rest = Duration.between(began, clock.instant()).multipliedBy(REST);
    due = clock.instant().plus(max(rest, input.checkpointEvery()));
    lastIncarnation = incarnation;
    lastOffset = offset;
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /**
   * Goes on where another attempt was lost: workers that keep dying must not keep a turn unsaved.
   */
  private Instant firstDue(long offset) {
    Checkpoint last = latest();
    if (last != null) {
      lastIncarnation = last.incarnation();
      lastOffset = last.offset();
      // By another worker's clock, which may be ahead.
      Instant now = clock.instant();
      return (last.at().isBefore(now) ? last.at() : now).plus(input.checkpointEvery());
    }
    return offset > 0 ? clock.instant() : clock.instant().plus(input.checkpointEvery());
  }

  private @Nullable Checkpoint latest() {
    try {
      return records.of(input.turn()).stream()
          .map(CheckpointRecords.Found::checkpoint)
          .findFirst()
          .orElse(null);
    } catch (RuntimeException e) {
      warn(e);
      return null;
    }
  }

  /**
   * Takes the one that holds the turn's end. Blocks for as long as that lasts.
   *
   * @param incarnation the turn's last process, below 0 when there was none
   * @param offset bytes of its output
   * @param transcript in the store already, if it is
   * @param beat as for {@link #takeIfDue}
   * @return the manifest's URI; empty when none could be taken
   */
  public Optional<String> takeEnd(
      int incarnation, long offset, @Nullable SavedTranscript transcript, Runnable beat) {
    return incarnation < 0
        ? Optional.empty()
        : take(beat, guarded -> saveEnd(incarnation, offset, transcript, guarded));
  }

  private Optional<String> take(Runnable beat, Function<Runnable, String> save) {
    Beat guarded = new Beat(beat);
    try {
      return Optional.of(save.apply(guarded));
    } catch (E2bInterruptedException e) {
      throw e;
    } catch (RuntimeException e) {
      if (guarded.thrown != null) {
        throw guarded.thrown;
      }
      warn(e);
      return Optional.empty();
    }
  }

  /** What the caller's beat threw must come back to it, whatever became of it on the way. */
  private static final class Beat implements Runnable {
    private final Runnable beat;
    private @Nullable RuntimeException thrown;

    private Beat(Runnable beat) {
      this.beat = beat;
    }

    @Override
    public void run() {
      try {
        beat.run();
      } catch (RuntimeException e) {
        thrown = e;
        throw e;
      }
    }
  }

  private String saveEnd(
      int incarnation, long offset, @Nullable SavedTranscript transcript, Runnable beat) {
    if (transcript != null) {
      return keep(incarnation, offset, true, transcript, changes(beat));
    }
    return save(incarnation, offset, true, beat);
  }

  private String save(int incarnation, long offset, boolean ended, Runnable beat) {
    Instant began = clock.instant();
    try (TranscriptCopy copy = copy(incarnation, beat)) {
      TreeChanges.Taken changes = changes(beat);
      String uri = keep(incarnation, offset, ended, saved(copy, beat), changes);
      log.debug(
          "{} taken in {}, the agent stood still for {} ms",
          uri,
          Duration.between(began, clock.instant()),
          copy.frozenMillis());
      return uri;
    }
  }

  private TranscriptCopy copy(int incarnation, Runnable beat) {
    String run = input.generation() + "." + input.turn() + "." + incarnation;
    String path = SandboxLayout.transcript(input.subpath(), input.sessionId());
    return TranscriptCopy.take(sandbox, run, path, beat);
  }

  private SavedTranscript saved(TranscriptCopy copy, Runnable beat) {
    return new SavedTranscript(copy.store(store, beat), transcriptBefore(copy));
  }

  private String keep(
      int incarnation,
      long offset,
      boolean ended,
      SavedTranscript transcript,
      TreeChanges.Taken changes) {
    List<StoredFile> files = new ArrayList<>();
    files.add(StoredFile.of(Checkpoint.TRANSCRIPT, transcript.file()));
    ArtifactRef patch = changes.patch();
    if (patch != null) {
      files.add(StoredFile.of(Checkpoint.PATCH, patch));
    }
    return records.keep(
        new Checkpoint(
            Checkpoint.SCHEMA_VERSION,
            input.generation(),
            input.turn(),
            incarnation,
            offset,
            ended,
            input.sessionId(),
            input.commit(),
            changes.treeHash(),
            transcript.before(),
            files,
            clock.instant(),
            input.asked()));
  }

  private TreeChanges.Taken changes(Runnable beat) {
    TreeChanges.Taken changes =
        new TreeChanges(sandbox, input.commit(), secrets, beat)
            .take(store, TreeChanges.MAX_PATCH)
            .orElseThrow(() -> NotTakenException.unexpected("the working tree is gone"));
    if (changes.withheld() != null) {
      throw NotTakenException.unexpected(changes.withheld());
    }
    return changes;
  }

  /**
   * A turn that was cut short began in another sandbox, whose processes this one knows nothing of.
   */
  private long transcriptBefore(TranscriptCopy copy) {
    TurnBasis basis = input.basis();
    Long before = basis == null ? null : basis.transcriptBefore();
    return before == null ? copy.before() : before;
  }

  private void warn(RuntimeException e) {
    boolean expected = e instanceof NotTakenException reason && reason.expected();
    if (expected || warned) {
      log.debug("No checkpoint of turn {} in {}", input.turn(), input.sandboxId(), e);
      return;
    }
    warned = true;
    log.warn(
        "No checkpoint of turn {} of {} in sandbox {}; if the sandbox is lost, the work since the"
            + " last one is: {}",
        input.turn(),
        input.key(),
        input.sandboxId(),
        secrets.redact(String.valueOf(e.getMessage())));
  }
}
