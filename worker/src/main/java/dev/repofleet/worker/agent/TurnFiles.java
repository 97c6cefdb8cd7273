package dev.repofleet.worker.agent;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.connection.WholeFiles;
import dev.repofleet.workflows.activities.agent.TurnInput;
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
 * Throws what {@link dev.repofleet.e2b.Files} throws. For one thread.
 */
final class TurnFiles {
  private static final int SMALL = 1 << 16;

  /** Over the plan's bound: an end that is not cut yet, and the last line. */
  private static final long SUPERVISORS_OWN = 16L << 20;

  private static final Pattern TRANSCRIPT_LENGTH = Pattern.compile("(?m)^transcript=(\\d{1,18})$");

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

  /**
   * Bytes of a process's output that are read at the most: what its supervisor keeps, and its last
   * line. A file that is longer is not the supervisor's.
   */
  static long mostOutput(Plan plan) {
    return plan.limits().outputBytes() + SUPERVISORS_OWN;
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

  /** Looks at the transcript. */
  SessionTranscript transcript() {
    return SessionTranscript.of(agent, transcriptPath());
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
   * say; absent when none did.
   */
  Optional<Long> transcriptBeforeTurn(int last) {
    if (input.basis() != null && input.basis().transcriptBefore() != null) {
      return Optional.of(input.basis().transcriptBefore());
    }
    return transcriptBefore(first(), last);
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
    if (!spent.equals(Spent.NOTHING)) { // as where there is none
      asked.put(folder + "/spent", ArtifactJson.pretty(spent));
    }
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
    transcript()
        .read(
            from.get(),
            (bytes, count) -> {
              beat.run();
              stream.acceptTranscript(bytes, count);
              return true;
            });
    stream.end();
  }

  /**
   * The whole output of a process.
   *
   * @param most bytes of it
   */
  AgentStream stream(int incarnation, long most, Runnable beat) {
    AgentStream stream = new AgentStream();
    try (InputStream in = root.files().open(out(incarnation))) {
      byte[] buffer = new byte[SMALL];
      long left = most;
      for (int count = in.read(buffer); count >= 0 && left > 0; count = in.read(buffer)) {
        beat.run();
        left -= count;
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
