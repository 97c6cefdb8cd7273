package dev.repofleet.worker.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.e2b.FileEntry;
import dev.repofleet.e2b.FileType;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.connection.WholeFiles;
import dev.repofleet.workflows.activities.TurnInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the processes of one turn left in one sandbox: their folders, and the session's transcript.
 * The transcript's path is the agent's to write: it is read with the agent's rights, and only when
 * it is a file of a size that a session may have. Throws what {@link dev.repofleet.e2b.Files}
 * throws. For one thread.
 */
final class TurnFiles {
  /** Far above any session seen; a sparse file of terabytes is a trap. */
  static final long MAX_TRANSCRIPT = 512L << 20;

  private static final int READ_BYTES = 1 << 20;
  private static final int SMALL = 1 << 16;

  /** A prompt of the greatest length, every character of it escaped. */
  private static final int MAX_LINE = 8 << 20;

  private static final Pattern TRANSCRIPT_LENGTH = Pattern.compile("(?m)^transcript=(\\d{1,18})$");
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final Sandbox root;
  private final Sandbox agent;
  private final TurnInput input;

  TurnFiles(Sandbox sandbox, TurnInput input) {
    this.root = sandbox.withUser(SandboxLayout.ROOT);
    this.agent = sandbox.withUser(SandboxLayout.AGENT_USER);
    this.input = input;
  }

  /** The first process of the turn that may have run in this sandbox. */
  int first() {
    return input.basis() == null ? 0 : input.basis().incarnation();
  }

  String out(int incarnation) {
    return runFolder(incarnation) + "/out";
  }

  String err(int incarnation) {
    return runFolder(incarnation) + "/err";
  }

  private String turnFolder(int incarnation) {
    return SandboxLayout.STATE + "/turns/" + runKey(incarnation);
  }

  private String runFolder(int incarnation) {
    return SandboxLayout.STATE + "/runs/" + runKey(incarnation);
  }

  private String runKey(int incarnation) {
    return input.generation() + "." + input.turn() + "." + incarnation;
  }

  String transcriptPath() {
    return SandboxLayout.transcript(input.subpath(), input.sessionId());
  }

  /** Bytes of the transcript; 0 when there is none, or something that can't be one. */
  long transcriptLength() {
    try {
      FileEntry entry = agent.files().stat(transcriptPath());
      boolean sound = entry.type() == FileType.FILE && entry.size() <= MAX_TRANSCRIPT;
      return sound ? entry.size() : 0;
    } catch (NotFoundException e) {
      return 0;
    }
  }

  /** What the transcript's length was when a process began; absent when it never ran an agent. */
  Optional<Long> transcriptBefore(int incarnation) {
    try {
      byte[] meta = root.files().read(runFolder(incarnation) + "/meta", SMALL);
      Matcher length = TRANSCRIPT_LENGTH.matcher(new String(meta, StandardCharsets.UTF_8));
      return length.find() ? Optional.of(Long.parseLong(length.group(1))) : Optional.empty();
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * The transcript's length before the turn, by the first of its processes that came so far as to
   * say; what it is now when none did.
   */
  long transcriptBeforeTurn(int last) {
    if (input.basis() != null && input.basis().transcriptBefore() != null) {
      return input.basis().transcriptBefore();
    }
    return transcriptBefore(first(), last).orElseGet(this::transcriptLength);
  }

  /** As {@link #transcriptBefore(int)}, of the first of several processes that says it. */
  Optional<Long> transcriptBefore(int from, int last) {
    for (int incarnation = from; incarnation <= last; incarnation++) {
      Optional<Long> length = transcriptBefore(incarnation);
      if (length.isPresent()) {
        return length;
      }
    }
    return Optional.empty();
  }

  /**
   * Whether a prompt stands in the transcript after its first {@code length} bytes. Lines alone do
   * not tell: the CLI writes two of its own before the prompt, and one that was killed then can't
   * be resumed (observed, version 2.1.197).
   */
  boolean promptAfter(long length) {
    boolean[] found = {false};
    LineSplitter lines = new LineSplitter(MAX_LINE, line -> found[0] |= isPrompt(line));
    long end = transcriptLength();
    for (long at = length; at < end && !found[0]; ) {
      byte[] bytes = agent.files().readRange(transcriptPath(), at, READ_BYTES).bytes();
      if (bytes.length == 0) {
        break;
      }
      lines.accept(bytes, bytes.length);
      at += bytes.length;
    }
    lines.end();
    return found[0];
  }

  private static boolean isPrompt(String line) {
    try {
      return JSON.readTree(line).path("type").asText().equals("user");
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** What the processes before this one have used, as was written down before it started. */
  Spent spentBefore(int incarnation) {
    if (incarnation <= first()) {
      return Spent.NOTHING;
    }
    String path = turnFolder(incarnation) + "/spent";
    try {
      return ArtifactJson.read(root.files().read(path, SMALL), Spent.class, path);
    } catch (NotFoundException e) {
      return Spent.NOTHING;
    }
  }

  /**
   * Puts down what a process is to be started with. One that another attempt has started may be
   * reading it.
   *
   * @param spent what those before it have used
   */
  void ask(int incarnation, byte[] argv, String prompt, Spent spent) {
    String folder = turnFolder(incarnation);
    Map<String, byte[]> asked = new LinkedHashMap<>();
    asked.put(folder + "/argv", argv);
    asked.put(folder + "/prompt", prompt.getBytes(StandardCharsets.UTF_8));
    asked.put(folder + "/spent", ArtifactJson.pretty(spent));
    WholeFiles.write(root.files(), asked);
  }

  /**
   * What one process used that ended without saying it, or the result's figures.
   *
   * @param stream of its whole output
   * @param seconds it worked
   */
  Spent spentBy(int incarnation, AgentStream stream, long seconds, Runnable beat) {
    if (stream.result().isEmpty()) {
      addTranscript(incarnation, stream, beat);
    }
    return new Spent(stream.usage(), stream.turns(), seconds);
  }

  private void addTranscript(int incarnation, AgentStream stream, Runnable beat) {
    Optional<Long> from = transcriptBefore(incarnation);
    if (from.isEmpty()) {
      return;
    }
    long end = transcriptLength();
    for (long at = from.get(); at < end; ) {
      byte[] bytes = agent.files().readRange(transcriptPath(), at, READ_BYTES).bytes();
      if (bytes.length == 0) {
        break;
      }
      beat.run();
      stream.acceptTranscript(bytes, bytes.length);
      at += bytes.length;
    }
    stream.end();
  }

  /** The whole output of a process. */
  AgentStream stream(int incarnation, Runnable beat) {
    AgentStream stream = new AgentStream();
    try (InputStream in = root.files().open(out(incarnation))) {
      byte[] buffer = new byte[SMALL];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        beat.run();
        stream.accept(buffer, count);
      }
    } catch (NotFoundException e) {
      // It came to no output.
    } catch (IOException e) {
      throw new UncheckedIOException("the output of a lost process can't be read", e);
    }
    stream.end();
    return stream;
  }
}
