package dev.repofleet.starter.logs;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.LivePiece;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.batch.StoredFile;
import dev.repofleet.starter.render.EventConsumer;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the artifact store tells of the agent in one review: piece by piece while it runs, whole at
 * its end. For one thread; it remembers which lines it has handed over.
 */
public final class ReviewLog {
  private static final Comparator<LivePiece> IN_ORDER =
      Comparator.comparingInt(LivePiece::generation)
          .thenComparingInt(LivePiece::turn)
          .thenComparingInt(LivePiece::incarnation)
          .thenComparingLong(LivePiece::first);

  /** The rest of a longer line is left out: no event seen came near. */
  private static final int MAX_LINE = 16 << 20;

  private final BatchRecords records;
  private final String key;

  /** By process: the last line that was handed over. */
  private final Map<String, Long> seen = new HashMap<>();

  /** Turns that had ended before the first look, {@code generation.turn}; absent before it. */
  private @Nullable Set<String> before;

  private long missed;

  /** Of the repository with this key. */
  public ReviewLog(BatchRecords records, String key) {
    this.records = records;
    this.key = key;
  }

  /** Lines that the live view does not have. */
  long missed() {
    return missed;
  }

  /**
   * All events of a review that has ended, turn by turn; none of an earlier generation.
   *
   * @return whether there are any
   */
  public boolean ended(EventConsumer events) {
    ArtifactStore store = records.store();
    List<TurnOutcome> turns = turns();
    if (!turns.isEmpty()) {
      turns.forEach(
          turn ->
              read(
                  Objects.requireNonNull(turn.eventsUri(), "those without are left out"),
                  line -> events.event(turn.turn(), line)));
      return true;
    }
    String whole = ArtifactUri.of(ArtifactPaths.events(records.batch(), key));
    boolean others =
        records.result(key).filter(result -> result.files().events() == null).isPresent();
    if (others || !store.exists(whole)) {
      return false;
    }
    read(whole, line -> events.event(null, line));
    return true;
  }

  /** Those whose events are all there: the file of all turns does not tell one from the next. */
  private List<TurnOutcome> turns() {
    List<TurnOutcome> turns =
        records.state(key).map(RepositoryReport::turns).orElse(List.of()).stream()
            .filter(turn -> turn.eventsUri() != null)
            .toList();
    return turns.stream().allMatch(turn -> isThere(turn.eventsUri())) ? turns : List.of();
  }

  private boolean isThere(@Nullable String uri) {
    return uri != null && records.store().exists(uri);
  }

  /**
   * The events that have come since the last call. The first one shows the turns of a review that
   * ended before, and is gone on with, from their events: most of their live view is deleted.
   *
   * @return whether there were any
   */
  boolean live(EventConsumer events) {
    boolean any = false;
    if (before == null) {
      before = endedTurns();
      any = !before.isEmpty() && ended(events);
    }
    Set<String> shown = before;
    List<LivePiece> pieces =
        records.store().list(ArtifactPaths.liveFolder(records.batch(), key)).stream()
            .map(LivePiece::named)
            .flatMap(Optional::stream)
            .filter(piece -> !shown.contains(piece.generation() + "." + piece.turn()))
            .sorted(IN_ORDER)
            .toList();
    for (LivePiece piece : pieces) {
      long known = seen.getOrDefault(piece.process(), 0L);
      if (piece.last() > known) {
        any |= handOver(piece, known, events);
      }
    }
    return any;
  }

  private Set<String> endedTurns() {
    return records
        .state(key)
        .filter(state -> !turns().isEmpty())
        .map(
            state ->
                state.turns().stream()
                    .map(turn -> state.review().generation() + "." + turn.turn())
                    .collect(Collectors.toSet()))
        .orElse(Set.of());
  }

  private boolean handOver(LivePiece piece, long known, EventConsumer events) {
    long[] number = {piece.first() - 1};
    try {
      read(
          ArtifactUri.of(ArtifactPaths.live(records.batch(), key, piece)),
          line -> {
            if (++number[0] > known) {
              events.event(piece.turn(), line);
            }
          });
    } catch (ArtifactNotFoundException e) {
      // Deleted while it was looked at.
      return false;
    }
    missed += Math.max(0, piece.first() - 1 - known);
    seen.put(piece.process(), piece.last());
    return true;
  }

  private void read(String uri, Consumer<String> lines) {
    try (InputStream in = new BufferedInputStream(StoredFile.open(records.store(), uri), 1 << 16)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next == '\n') {
          lines.accept(line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else if (line.size() < MAX_LINE) {
          line.write(next);
        }
      }
      if (line.size() > 0) {
        lines.accept(line.toString(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new ArtifactException("cannot read the events " + uri + ": " + e, e);
    }
  }
}
