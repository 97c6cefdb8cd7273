package dev.repofleet.worker.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.sandbox.SandboxLayout;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.TurnInput;
import dev.repofleet.workflows.activities.TurnOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Brings in what a turn's processes left: their output, the session's transcript, the answer. Reads
 * as a stream and writes to a temporary file, so that a large output costs no memory.
 */
final class TurnHarvest {
  private static final int ERROR_TAIL = 300;
  private static final int BUFFER = 1 << 16;

  private final Sandbox root;
  private final TurnInput input;
  private final ArtifactStore store;

  TurnHarvest(Sandbox sandbox, TurnInput input, ArtifactStore store) {
    this.root = sandbox.withUser(SandboxLayout.ROOT);
    this.input = input;
    this.store = store;
  }

  /**
   * The turn's outcome; {@code state} is {@code FINISHED}, or {@code RUNNING} when time is over.
   */
  TurnOutcome take(RunState state) {
    List<AgentStream> streams = new ArrayList<>();
    List<String> outs = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    for (int i = 0; i <= state.incarnation(); i++) {
      String folder =
          "%s/runs/%d.%d.%d".formatted(SandboxLayout.STATE, input.generation(), input.turn(), i);
      outs.add(folder + "/out");
      errors.add(folder + "/err");
      streams.add(new AgentStream());
    }
    String events =
        compressed(outs, (i, piece) -> streams.get(i).accept(piece.bytes, piece.length));
    streams.forEach(AgentStream::end);
    ErrorTail tail = new ErrorTail();
    String log = compressed(errors, (i, piece) -> tail.accept(piece));
    String transcript =
        compressed(
            List.of(SandboxLayout.transcript(input.subpath(), input.sessionId())),
            (i, piece) -> {});
    return outcome(state, streams, tail.toString(), events, transcript, log);
  }

  private TurnOutcome outcome(
      RunState state,
      List<AgentStream> streams,
      String errorOutput,
      @Nullable String events,
      @Nullable String transcript,
      @Nullable String log) {
    AgentStream last = streams.get(streams.size() - 1);
    Optional<JsonNode> result = last.result();
    TurnEnding ending =
        state.kind() == RunState.Kind.RUNNING
            ? new TurnEnding(Cause.AGENT_TIMEOUT, "the agent ran longer than " + input.time())
            : TurnEnding.of(result, state.exitCode(), errorOutput);
    UsageTotals usage =
        streams.stream().map(AgentStream::usage).reduce(UsageTotals.NONE, UsageTotals::plus);
    return new TurnOutcome(
        input.turn(),
        input.prompt(),
        state.incarnation(),
        ending.cause(),
        bounded(ending.message()),
        result.map(end -> end.path("num_turns").asInt()).orElse(last.messages()),
        usage,
        result.map(end -> end.path("duration_ms").asLong()).orElse(state.age() * 1000),
        streams.get(0).model(),
        result
            .map(end -> end.path("structured_output"))
            .filter(JsonNode::isObject)
            .map(this::put)
            .orElse(null),
        result
            .map(end -> end.path("result").asText())
            .filter(text -> !text.isBlank())
            .map(text -> store.put(text.getBytes(StandardCharsets.UTF_8)).uri())
            .orElse(null),
        events,
        transcript,
        log);
  }

  private String put(JsonNode answer) {
    return store.put(ArtifactJson.pretty(answer)).uri();
  }

  private static @Nullable String bounded(@Nullable String message) {
    return message == null ? null : new StepFailure(Cause.INTERNAL, message).message();
  }

  /** The files one after the other, gzipped, in the store; absent when none of them exists. */
  private @Nullable String compressed(List<String> paths, BiConsumer<Integer, Piece> eachPiece) {
    try {
      Path temporary = Files.createTempFile("repofleet-", ".gz");
      try {
        boolean any = false;
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(temporary))) {
          for (int i = 0; i < paths.size(); i++) {
            any |= copy(paths.get(i), i, out, eachPiece);
          }
        }
        return any ? store.put(temporary).uri() : null;
      } finally {
        Files.delete(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("what the agent left can't be brought in", e);
    }
  }

  private boolean copy(
      String path, int index, OutputStream out, BiConsumer<Integer, Piece> eachPiece)
      throws IOException {
    try (InputStream in = root.files().open(path)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        eachPiece.accept(index, new Piece(buffer, count));
      }
      return true;
    } catch (NotFoundException e) {
      return false;
    }
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
