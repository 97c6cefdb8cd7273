package dev.repofleet.worker.agent;

import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.LivePiece;
import dev.repofleet.e2b.Files;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.activities.agent.TurnInput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the agent's event lines into the artifact store while it runs, without secrets, so that a
 * person can see what it does. A view and no more: what it can't hold or store is left out, and its
 * numbers show that; the turn's own events have everything. It never fails a run. For one thread.
 *
 * <p>It keeps a place of its own in the output. A follower that takes over goes on from the place
 * that the last heartbeat told, so that lines are stored twice rather than never.
 */
final class LiveEvents {
  private static final Logger log = LoggerFactory.getLogger(LiveEvents.class);

  /** Quick enough for a person who looks on, and few enough files for a run of hours. */
  private static final Duration EVERY = Duration.ofSeconds(2);

  /** Most bytes of one piece; an agent that says more within {@link #EVERY} is seen in part. */
  private static final int MAX_PIECE = 1 << 20;

  /** Most that is kept of a line until it ends; a longer one is told by its length alone. */
  private static final int MAX_LINE = 1 << 20;

  /** Most that is read at the end of a process, or to close a gap: more would hold up the turn. */
  private static final int MAX_CATCH_UP = 8 << 20;

  private static final int READ_BYTES = 1 << 20;

  private final ArtifactStore store;
  private final KnownSecrets secrets;
  private final InstantSource clock;
  private final TurnInput input;
  private final ReadRange output;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
  private final LineCut cut = new LineCut();

  private int incarnation;

  /** Bytes of the output that were taken, the beginning of an unfinished line among them. */
  private long taken;

  /** Bytes of the unfinished line, also of what is not kept of it. */
  private long lineLength;

  private long lines;
  private long pieceFirst = 1;
  private long pieceLast;

  /** Where the first line begins that no piece holds. */
  private long unseenFrom;

  private Instant next = Instant.MIN;
  private boolean failing;

  /**
   * A view of one turn.
   *
   * @param before the place the last follower left off at; absent at the beginning
   * @param output reads what the process of an incarnation has written
   */
  LiveEvents(
      ArtifactStore store,
      KnownSecrets secrets,
      InstantSource clock,
      TurnInput input,
      @Nullable Position before,
      ReadRange output) {
    this.store = store;
    this.secrets = secrets;
    this.clock = clock;
    this.input = input;
    this.output = output;
    if (before != null) {
      begin(before);
    }
  }

  /** Reads what the turn's processes write in this sandbox. */
  static ReadRange outputOf(Sandbox sandbox, TurnInput input) {
    Files files = sandbox.withUser(SandboxLayout.ROOT).files();
    return (incarnation, offset, count) ->
        files
            .readRange(
                "%s/runs/%d.%d.%d/out"
                    .formatted(SandboxLayout.STATE, input.generation(), input.turn(), incarnation),
                offset,
                count)
            .bytes();
  }

  /** What a follower that takes over needs to know. */
  Position position() {
    return new Position(incarnation, unseenFrom, pieceFirst - 1);
  }

  /** Whether lines are waiting for their time to be stored. */
  boolean waiting() {
    return pieceLast >= pieceFirst;
  }

  /** How long to wait for more output: not so long that lines which are there are shown late. */
  Duration atMost(Duration poll) {
    return waiting() && poll.compareTo(EVERY) > 0 ? EVERY : poll;
  }

  /**
   * Takes bytes of an incarnation's output, and first those before them that it has not seen.
   *
   * @param offset of the first byte in the output
   */
  void accept(int from, long offset, byte[] bytes) {
    begin(from);
    catchUp(offset);
    long known = taken - offset;
    if (known >= 0 && known < bytes.length) {
      take(bytes, (int) known);
    }
    storeWhenDue();
  }

  /** An incarnation has ended after this many bytes: its last lines are stored now. */
  void end(int ended, long length) {
    begin(ended);
    catchUp(length);
    storePiece();
  }

  /** Stores what waits, when its time has come. */
  void storeWhenDue() {
    if (!clock.instant().isBefore(next)) {
      storePiece();
    }
  }

  private void begin(int from) {
    if (from != incarnation) {
      storePiece();
      begin(new Position(from, 0, 0));
    }
  }

  private void begin(Position place) {
    incarnation = place.incarnation();
    taken = place.offset();
    unseenFrom = place.offset();
    lines = place.lines();
    pieceFirst = place.lines() + 1;
    pieceLast = place.lines();
    line.reset();
    lineLength = 0;
  }

  private void catchUp(long end) {
    long most = taken + MAX_CATCH_UP;
    while (taken < Math.min(end, most)) {
      byte[] bytes =
          output.read(incarnation, taken, (int) Math.min(READ_BYTES, Math.min(end, most) - taken));
      if (bytes.length == 0) {
        return;
      }
      take(bytes, 0);
    }
  }

  private void take(byte[] bytes, int from) {
    int begin = from;
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        keep(bytes, begin, i - begin);
        taken++;
        endLine();
        begin = i + 1;
      }
    }
    keep(bytes, begin, bytes.length - begin);
  }

  private void keep(byte[] bytes, int from, int count) {
    line.write(bytes, from, (int) Math.min(count, MAX_LINE - (long) line.size()));
    lineLength += count;
    taken += count;
  }

  private void endLine() {
    lines++;
    // Once a line did not fit, those after it don't go in either: a piece has no holes.
    if (pieceLast == lines - 1) {
      // Redacted whole and cut afterwards: half a secret would not be known as one.
      byte[] shown = cut.shown(secrets.redact(line.toString(StandardCharsets.UTF_8)), lineLength);
      if (piece.size() + shown.length <= MAX_PIECE) {
        pieceLast = lines;
        piece.writeBytes(shown);
        piece.write('\n');
      }
    }
    line.reset();
    lineLength = 0;
  }

  private void storePiece() {
    if (!waiting()) {
      return;
    }
    LivePiece name =
        new LivePiece(input.generation(), input.turn(), incarnation, pieceFirst, pieceLast);
    try {
      store.putNamed(ArtifactPaths.live(input.batch(), input.key(), name), gzipped());
      failing = false;
    } catch (RuntimeException e) {
      // Whatever it is: the run is worth more than the view of it.
      if (!failing) {
        log.warn("Nobody can see turn {} of {} live: {}", input.turn(), input.key(), e.toString());
      }
      failing = true;
    }
    piece.reset();
    pieceFirst = lines + 1;
    pieceLast = lines;
    unseenFrom = taken - lineLength;
    next = clock.instant().plus(EVERY);
  }

  private byte[] gzipped() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      piece.writeTo(gzip);
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't be written to", e);
    }
    return bytes.toByteArray();
  }

  /** Reads bytes of what a process has written. */
  @FunctionalInterface
  interface ReadRange {
    /** At most this many bytes from the offset on; none at the end of what there is. */
    byte[] read(int incarnation, long offset, int count);
  }

  /**
   * A place in the output, at the beginning of a line.
   *
   * @param incarnation whose output
   * @param offset in bytes
   * @param lines before it
   */
  record Position(int incarnation, long offset, long lines) {}
}
