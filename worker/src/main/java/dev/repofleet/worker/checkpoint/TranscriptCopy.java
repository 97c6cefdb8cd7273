package dev.repofleet.worker.checkpoint;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.HeldFolder;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.SandboxScript;
import dev.repofleet.worker.git.ShippedScript;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session's transcript as it stood at one moment, in a folder of the sandbox that is closed to
 * the agent. To be closed, which removes it. For one thread.
 */
final class TranscriptCopy implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TranscriptCopy.class);

  /** The longest an agent may stand still. Copying what is allowed takes a second or two. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final int NO_TRANSCRIPT = 31;
  private static final int TOO_LARGE = 32;
  private static final int UNDER_WAY = 33;
  private static final int BUFFER = 1 << 16;

  private final Sandbox root;
  private final String folder;
  private final long before;
  private final String frozenMillis;

  private TranscriptCopy(Sandbox root, String folder, Map<String, String> told) {
    this.root = root;
    this.folder = folder;
    this.before = Long.parseLong(told.getOrDefault("before", "0"));
    this.frozenMillis = told.getOrDefault("frozen", "0");
  }

  /**
   * Stops the agent's process group, copies, and lets it go on.
   *
   * @param run generation, turn and incarnation
   * @throws NotTakenException when there is nothing to copy, or it can't be
   * @throws E2bException as starting a command throws
   * @throws RuntimeException what {@code beat} throws; nothing is left in the sandbox then
   */
  static TranscriptCopy take(Sandbox sandbox, String run, String transcript, Runnable beat) {
    Sandbox root = sandbox.withUser(SandboxLayout.ROOT);
    Map<String, String> variables = new HashMap<>();
    variables.put("RF_STATE", SandboxLayout.STATE);
    variables.put("RF_KEY", run);
    variables.put("RF_TRANSCRIPT", transcript);
    variables.put("RF_MAX", Long.toString(SavedTranscript.MAX_LENGTH));
    String folder = SandboxLayout.STATE + "/snapshot." + UUID.randomUUID();
    variables.put("RF_COPY", folder);
    SandboxScript.Result result;
    try {
      result = SandboxScript.run(root, ShippedScript.SNAPSHOT, LIMIT, variables, List.of(), beat);
    } catch (RuntimeException e) {
      remove(root, folder); // it may have been done when it was told to end
      throw e;
    }
    switch (result.exitCode()) {
      case 0 -> {
        return new TranscriptCopy(root, folder, told(result.stdout()));
      }
      case NO_TRANSCRIPT ->
          throw NotTakenException.expected("the session has no transcript that is a file");
      case TOO_LARGE ->
          throw NotTakenException.unexpected(
              "the session's transcript is larger than "
                  + (SavedTranscript.MAX_LENGTH >> 20)
                  + " MiB");
      case UNDER_WAY -> throw NotTakenException.expected("another one is being taken");
      default ->
          throw NotTakenException.unexpected(
              "the transcript can't be copied (exit "
                  + result.exitCode()
                  + "): "
                  + result.stderr().strip());
    }
  }

  private static Map<String, String> told(String stdout) {
    Map<String, String> told = new HashMap<>();
    for (String line : stdout.lines().toList()) {
      int space = line.indexOf(' ');
      if (space > 0) {
        told.put(line.substring(0, space), line.substring(space + 1));
      }
    }
    return told;
  }

  /** Bytes the transcript had before the turn's first process in this sandbox. */
  long before() {
    return before;
  }

  /** Milliseconds the agent stood still, for the log. */
  String frozenMillis() {
    return frozenMillis;
  }

  /** Brings it into the store, gzipped. */
  ArtifactRef store(ArtifactStore store, Runnable beat) {
    try (HeldFolder held = HeldFolder.make()) {
      Path temporary = held.path().resolve("transcript.gz");
      try (InputStream in = root.files().open(folder + "/transcript");
          OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(temporary))) {
        byte[] buffer = new byte[BUFFER];
        long left = SavedTranscript.MAX_LENGTH;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          beat.run();
          left -= count;
          if (left < 0) {
            throw NotTakenException.unexpected("the copy of the transcript is longer than it was");
          }
          gzip.write(buffer, 0, count);
        }
      }
      return store.put(temporary);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the transcript of sandbox " + root.sandboxId() + " can't be brought in", e);
    }
  }

  @Override
  public void close() {
    remove(root, folder);
  }

  private static void remove(Sandbox root, String folder) {
    try {
      root.files().remove(folder);
    } catch (E2bException e) {
      // A later one removes what is old.
      log.debug("{} of sandbox {} is left: {}", folder, root.sandboxId(), e.getMessage());
    }
  }
}
