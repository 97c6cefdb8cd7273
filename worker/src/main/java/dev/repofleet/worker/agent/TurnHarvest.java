package dev.repofleet.worker.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.HeldFolder;
import dev.repofleet.worker.agent.TurnRun.Followed;
import dev.repofleet.worker.checkpoint.SavedTranscript;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Brings in what a turn's processes left: their output, the session's transcript, the answer. Reads
 * as a stream and writes to a temporary file, so that a large output costs no memory.
 */
final class TurnHarvest {
  /** Ends up cut to a message's length, after it was redacted. */
  private static final int ERROR_TAIL = 4096;

  private static final int SHOWN_TAIL = 300;

  private static final long MILLIS = 1000;
  private static final int BUFFER = 1 << 16;

  private final Sandbox root;
  private final TurnInput input;
  private final Sandbox agent;
  private final TurnFiles files;
  private final ArtifactStore store;
  private final KnownSecrets secrets;
  private final InstantSource clock;
  private final Runnable beat;
  private final long mostOutput;

  /**
   * @param mostOutput bytes that are read of a process's output
   * @param clock tells whether a quota's time is still to come
   * @param beat called often while bytes come in: a large output takes longer than a heartbeat may
   */
  TurnHarvest(
      Sandbox sandbox,
      TurnInput input,
      long mostOutput,
      ArtifactStore store,
      KnownSecrets secrets,
      InstantSource clock,
      Runnable beat) {
    this.root = sandbox.withUser(SandboxLayout.ROOT);
    this.input = input;
    this.agent = sandbox.withUser(SandboxLayout.AGENT_USER);
    this.files = new TurnFiles(sandbox, input);
    this.store = store;
    this.secrets = secrets;
    this.clock = clock;
    this.beat = beat;
    this.mostOutput = mostOutput;
  }

  /**
   * What a turn came to.
   *
   * @param transcript absent when there is none, its last line was cut off, or no process has told
   *     how long it was before
   */
  record Harvest(TurnOutcome outcome, @Nullable SavedTranscript transcript) {}

  /**
   * Brings it in.
   *
   * @param end where following ended, in whatever state the processes are
   */
  Harvest take(Followed end) {
    int first = files.first();
    int last = Math.max(first - 1, end.end().incarnation());
    List<AgentStream> streams = new ArrayList<>();
    List<String> outs = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      outs.add(files.out(i));
      errors.add(files.err(i));
      streams.add(new AgentStream());
    }
    ArtifactRef events =
        redacted(outs, (i, piece) -> streams.get(i).accept(piece.bytes, piece.length));
    streams.forEach(AgentStream::end);
    ErrorTail tail = new ErrorTail();
    ArtifactRef errorLog = redacted(errors, (i, piece) -> tail.accept(piece));
    SessionTranscript transcript = files.transcript();
    Optional<Long> before = files.transcriptBeforeTurn(last);
    PromptSearch prompt = new PromptSearch(before.orElseGet(transcript::length));
    AtomicBoolean whole = new AtomicBoolean();
    ArtifactRef session = stored(transcript, prompt, whole);
    return new Harvest(
        outcome(end, streams, shown(tail.toString()), events, session, errorLog, prompt.found()),
        session != null && whole.get() && before.isPresent()
            ? new SavedTranscript(session, before.get())
            : null);
  }

  private String shown(String errorOutput) {
    String clean = secrets.redact(errorOutput).strip();
    return clean.substring(Math.max(0, clean.length() - SHOWN_TAIL));
  }

  private TurnOutcome outcome(
      Followed followed,
      List<AgentStream> streams,
      String errorOutput,
      @Nullable ArtifactRef events,
      @Nullable ArtifactRef transcript,
      @Nullable ArtifactRef log,
      boolean prompted) {
    RunState state = followed.end();
    AgentStream last = streams.isEmpty() ? new AgentStream() : streams.get(streams.size() - 1);
    Optional<JsonNode> result = last.result();
    TurnEnding ending =
        followed.cause() == null
            ? TurnEnding.of(result, state.exitCode(), errorOutput)
            : new TurnEnding(followed.cause(), followed.cause().sentence());
    Spent before = files.spentBefore(state.incarnation());
    Spent spent = streams.isEmpty() ? before : before.plus(spentByLast(state, last));
    return new TurnOutcome(
        input.turn(),
        input.prompt(),
        state.incarnation(),
        ending.cause(),
        forPeople(ending.message()),
        spent.turns(),
        spent.usage(),
        before.seconds() * MILLIS
            + result.map(end -> end.path("duration_ms").asLong()).orElse(state.age() * MILLIS),
        streams.isEmpty() ? null : streams.get(0).model(),
        result
            .map(end -> end.path("structured_output"))
            .filter(JsonNode::isObject)
            .map(this::put)
            .orElse(null),
        result
            .map(end -> end.path("result").asText())
            .filter(text -> !text.isBlank())
            .map(this::put)
            .orElse(null),
        uri(events),
        uri(transcript),
        uri(log),
        input.goOn() || prompted,
        ending.limited() ? last.retryAfterSeconds() : null,
        null,
        ending.cause() == Cause.MODEL_RATE_LIMITED ? last.quotaResetAt(clock.millis()) : null);
  }

  private Spent spentByLast(RunState state, AgentStream last) {
    return files.spentBy(state.incarnation(), last, state.age(), beat);
  }

  /** A secret stands inside a string, so that without it the answer is JSON still. */
  private String put(JsonNode answer) {
    return put(new String(ArtifactJson.pretty(answer), StandardCharsets.UTF_8));
  }

  private String put(String text) {
    return store.put(secrets.redact(text).getBytes(StandardCharsets.UTF_8)).uri();
  }

  /** Redacted before it is cut: half a secret would not be known as one. */
  private @Nullable String forPeople(@Nullable String message) {
    return message == null
        ? null
        : new StepFailure(Cause.INTERNAL, secrets.redact(message)).message();
  }

  /** Files of ours one after the other, without secrets; absent when none of them exists. */
  private @Nullable ArtifactRef redacted(List<String> paths, BiConsumer<Integer, Piece> eachPiece) {
    return stored(
        gzip -> {
          boolean any = false;
          try (OutputStream out = new RedactingStream(gzip, secrets)) {
            for (int i = 0; i < paths.size(); i++) {
              any |= copy(root, paths.get(i), i, mostOutput, out, eachPiece);
            }
          }
          return any;
        });
  }

  /**
   * The session's transcript as it is, since the agent resumes from it; absent when there is none.
   *
   * @param whole gets whether its last line is
   */
  private @Nullable ArtifactRef stored(
      SessionTranscript transcript, PromptSearch prompt, AtomicBoolean whole) {
    ArtifactRef file =
        transcript.length() == 0
            ? null
            : stored(
                gzip ->
                    copy(
                        agent,
                        files.transcriptPath(),
                        0,
                        SavedTranscript.MAX_LENGTH,
                        gzip,
                        (i, piece) -> {
                          prompt.accept(piece.bytes, piece.length);
                          whole.set(piece.bytes[piece.length - 1] == '\n');
                        }));
    prompt.end();
    return file;
  }

  private static @Nullable String uri(@Nullable ArtifactRef file) {
    return file == null ? null : file.uri();
  }

  /** What is written, gzipped, in the store; absent when nothing is. */
  private @Nullable ArtifactRef stored(Content content) {
    try (HeldFolder held = HeldFolder.make()) {
      Path temporary = held.path().resolve("content.gz");
      boolean any;
      try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(temporary))) {
        any = content.writeTo(gzip);
      }
      return any ? store.put(temporary) : null;
    } catch (IOException e) {
      throw new UncheckedIOException("what the agent left can't be brought in", e);
    }
  }

  private boolean copy(
      Sandbox reader,
      String path,
      int index,
      long most,
      OutputStream out,
      BiConsumer<Integer, Piece> eachPiece)
      throws IOException {
    try (InputStream in = reader.files().open(path)) {
      byte[] buffer = new byte[BUFFER];
      long left = most;
      // What was looked at may be another file by now, and longer than any.
      for (int count = in.read(buffer); count >= 0 && left > 0; count = in.read(buffer)) {
        beat.run();
        left -= count;
        out.write(buffer, 0, count);
        eachPiece.accept(index, new Piece(buffer, count));
      }
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  /** Writes content and says whether there was any. */
  private interface Content {
    boolean writeTo(OutputStream out) throws IOException;
  }

  /** Bytes just read; good until the next piece. */
  private static final class Piece {
    private final byte[] bytes;
    private final int length;

    private Piece(byte[] bytes, int length) {
      this.bytes = bytes;
      this.length = length;
    }
  }

  /** The end of the error output, enough to see why an agent crashed. */
  private static final class ErrorTail {
    private final StringBuilder tail = new StringBuilder();

    private void accept(Piece piece) {
      tail.append(new String(piece.bytes, 0, piece.length, StandardCharsets.UTF_8));
      if (tail.length() > ERROR_TAIL) {
        tail.delete(0, tail.length() - ERROR_TAIL);
      }
    }

    @Override
    public String toString() {
      return tail.toString();
    }
  }
}
