package dev.repofleet.worker.checkpoint;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.result.Checkpoint;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.activity.HeldFolder;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.connection.WholeFiles;
import dev.repofleet.worker.git.SandboxScript;
import dev.repofleet.worker.git.ScriptLease;
import dev.repofleet.worker.git.ShippedScript;
import dev.repofleet.worker.git.TreeChanges;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.sandbox.PrepareInput;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome.Restored;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the greatest complete checkpoint back into a fresh clone, before any agent has run there.
 * Thread-safe; repeating it gives the same, also after an attempt that was cut off half-way.
 */
public final class CheckpointRestore {
  private static final Logger log = LoggerFactory.getLogger(CheckpointRestore.class);

  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Prepare has 5 minutes; one that is damaged shows before it is tried. */
  private static final int MOST_TRIED = 3;

  private static final int DOES_NOT_APPLY = 40;
  private static final int MAX_RECORD = 1 << 16;

  /** What was brought back here, for an attempt that comes when agents have run already. */
  private static final String RESTORED = SandboxLayout.STATE + "/restored.json";

  /** Who restores, as {@code restore.sh} has it. */
  private static final String CLAIM = SandboxLayout.HOME + "/.repofleet-restore";

  private static final String SETTLED = "settled";
  private static final int MAX_CLAIM = 100;

  private final ArtifactStore store;
  private final KnownSecrets secrets;

  /** Restores from {@code store}; {@code secrets} are kept out of messages. */
  public CheckpointRestore(ArtifactStore store, KnownSecrets secrets) {
    this.store = store;
    this.secrets = secrets;
  }

  /**
   * Restores what there is of the input's generation. Blocks for seconds, for a large tree minutes.
   *
   * @return what the sandbox now holds; empty when it is as it was cloned
   * @throws io.temporal.failure.ApplicationFailure when the tree can't be brought to the commit; it
   *     may be tried again
   * @throws E2bException as commands and files throw
   */
  public Optional<Restored> restore(Sandbox sandbox, PrepareInput input, ScriptLease lease) {
    String commit = input.commit();
    String session = input.sessionId();
    if (commit == null || session == null) {
      return Optional.empty();
    }
    CheckpointRecords records =
        new CheckpointRecords(store, input.batch(), input.key(), input.generation());
    List<Integer> turns = records.turns();
    if (turns.isEmpty()) {
      return Optional.empty();
    }
    Sandbox root = sandbox.withUser(SandboxLayout.ROOT);
    if (hasRuns(root) || isSettled(sandbox.withUser(SandboxLayout.AGENT_USER))) {
      return before(root);
    }
    Restoration restoration = new Restoration(sandbox, records, commit, session, input, lease);
    Optional<Restored> restored = restoration.run(turns);
    restored.ifPresent(
        it -> WholeFiles.write(root.files(), Map.of(RESTORED, ArtifactJson.pretty(it))));
    restoration.settle();
    return restored;
  }

  /** Another attempt came to its end here, and only its answer was lost. */
  private static boolean isSettled(Sandbox agent) {
    try {
      return new String(agent.files().read(CLAIM, MAX_CLAIM), StandardCharsets.UTF_8)
          .startsWith(SETTLED);
    } catch (NotFoundException e) {
      return false;
    }
  }

  private static boolean hasRuns(Sandbox root) {
    try {
      return !root.files().list(SandboxLayout.STATE + "/runs", 1).isEmpty();
    } catch (NotFoundException e) {
      return false;
    }
  }

  private static Optional<Restored> before(Sandbox root) {
    try {
      byte[] json = root.files().read(RESTORED, MAX_RECORD);
      return Optional.of(ArtifactJson.read(json, Restored.class, RESTORED));
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  /** The work on one sandbox. */
  private final class Restoration {
    private final Sandbox sandbox;
    private final Sandbox agent;
    private final CheckpointRecords records;
    private final String commit;
    private final String session;
    private final String transcript;
    private final ScriptLease lease;
    private final PrepareInput input;

    /** Nobody else's: an attempt that was given up may still be at work. */
    private final String attempt = UUID.randomUUID().toString();

    private final String file = CLAIM + "." + attempt;
    private boolean begun;

    private Restoration(
        Sandbox sandbox,
        CheckpointRecords records,
        String commit,
        String session,
        PrepareInput input,
        ScriptLease lease) {
      this.input = input;
      this.sandbox = sandbox;
      this.agent = sandbox.withUser(SandboxLayout.AGENT_USER);
      this.records = records;
      this.commit = commit;
      this.session = session;
      this.lease = lease;
      this.transcript = SandboxLayout.transcript(input.subpath(), session);
    }

    private Optional<Restored> run(List<Integer> turns) {
      int tried = 0;
      for (int turn : turns) {
        for (CheckpointRecords.Found found : ownFirst(records.of(turn))) {
          Optional<String> missing = records.missing(found.checkpoint(), commit, session);
          if (missing.isPresent()) {
            log.warn("The checkpoint {} is skipped: {}", found.uri(), missing.get());
          } else if (tried++ < MOST_TRIED && broughtBack(found)) {
            return Optional.of(restored(found));
          }
        }
      }
      toCommit();
      forget(); // what an attempt that comes late has written meanwhile
      return Optional.empty();
    }

    private List<CheckpointRecords.Found> ownFirst(List<CheckpointRecords.Found> ofTurn) {
      return ofTurn.stream()
          .sorted(Comparator.comparing(found -> isAnothers(found.checkpoint())))
          .toList();
    }

    /**
     * Whether its turn was cancelled or never told of, and the turn of its number is asked anew.
     */
    private boolean isAnothers(Checkpoint checkpoint) {
      return checkpoint.turn() == input.turn()
          && checkpoint.asked() != null
          && input.asked() != null
          && !checkpoint.asked().equals(input.asked());
    }

    /** From here on no attempt that comes late touches the tree, at which an agent may work. */
    private void settle() {
      if (begun) {
        required("settle", "what was restored in sandbox %s can't be closed".formatted(id()));
      }
    }

    private String id() {
      return sandbox.sandboxId();
    }

    private Restored restored(CheckpointRecords.Found found) {
      Checkpoint checkpoint = found.checkpoint();
      return new Restored(
          found.uri(),
          checkpoint.turn(),
          checkpoint.incarnation(),
          // The end of a turn whose result was lost on the way must be told once more; of another
          // prompt's turn the work stays, and its end is no end of this one.
          checkpoint.ended() && records.hasResult(checkpoint) && !isAnothers(checkpoint),
          checkpoint.transcriptLength(),
          checkpoint.asked(),
          agent.files().stat(transcript).size());
    }

    /** Whether the sandbox holds it now; if not, what it holds is anything between. */
    private boolean broughtBack(CheckpointRecords.Found found) {
      Checkpoint checkpoint = found.checkpoint();
      try {
        toCommit();
        if (checkpoint.patch().isPresent()) {
          apply(checkpoint.patch().get());
        }
        place(checkpoint.transcript());
        String tree =
            new TreeChanges(sandbox, commit, secrets, () -> {}).treeHash().orElse("of nothing");
        if (!tree.equals(checkpoint.treeHash())) {
          throw new DamagedCheckpointException(
              "it gives tree " + tree + " in place of " + checkpoint.treeHash());
        }
        return true;
      } catch (DamagedCheckpointException
          | ArtifactNotFoundException
          | ArtifactCorruptException e) {
        log.warn("The checkpoint {} is skipped: {}", found.uri(), e.getMessage());
        return false;
      }
    }

    private void toCommit() {
      required(
          "commit", "the tree of sandbox %s can't be brought to commit %s".formatted(id(), commit));
      if (!begun) {
        // Not before the tree is this attempt's: another one may be just closing what it restored.
        forget();
      }
      begun = true;
    }

    private void forget() {
      sandbox.withUser(SandboxLayout.ROOT).files().remove(RESTORED);
    }

    private void required(String verb, String failure) {
      require(script(verb), failure);
    }

    private void require(SandboxScript.Result result, String failure) {
      ScriptLease.requireHere(result.exitCode(), id(), result.stderr());
      if (result.exitCode() != 0) {
        throw FailureMapper.passing(
            Cause.INTERNAL,
            "%s (exit %d): %s".formatted(failure, result.exitCode(), said(result)),
            null);
      }
    }

    private void apply(ArtifactRef patch) {
      try (HeldFolder held = HeldFolder.make()) {
        agent.files().write(file, checked(patch, held));
      } catch (IOException e) {
        throw new UncheckedIOException(patch.uri() + " can't be brought in", e);
      }
      SandboxScript.Result result = script("apply");
      agent.files().remove(file);
      if (result.exitCode() == DOES_NOT_APPLY) {
        throw new DamagedCheckpointException("its patch does not apply: " + said(result));
      }
      require(result, "the changes can't be brought into sandbox %s".formatted(id()));
    }

    private void place(ArtifactRef gzipped) {
      try (HeldFolder held = HeldFolder.make();
          InputStream in =
              new GZIPInputStream(
                  new BufferedInputStream(Files.newInputStream(checked(gzipped, held))))) {
        agent.files().write(file, in);
      } catch (IOException e) {
        throw new UncheckedIOException(gzipped.uri() + " can't be brought in", e);
      }
      required("session", "the session can't be brought into sandbox %s".formatted(id()));
    }

    /** A copy on this host, read to the end: its hash is right before any of it is used. */
    private Path checked(ArtifactRef ref, HeldFolder held) throws IOException {
      Path copy = held.path().resolve("checked");
      try (InputStream in = store.open(ref)) {
        Files.copy(in, copy);
        return copy;
      }
    }

    private SandboxScript.Result script(String verb) {
      Map<String, String> variables = new HashMap<>(lease.variables());
      variables.put("RF_REPO", SandboxLayout.REPOSITORY);
      variables.put("RF_COMMIT", commit);
      variables.put("RF_TRANSCRIPT", transcript);
      variables.put("RF_FILE", file);
      variables.put("RF_ATTEMPT", attempt);
      return SandboxScript.run(
          agent, ShippedScript.RESTORE, LIMIT, variables, List.of(verb), () -> {});
    }

    private String said(SandboxScript.Result result) {
      String text = secrets.redact(result.stderr()).strip();
      return text.substring(0, Math.min(300, text.length()));
    }
  }

  /** A checkpoint that does not give what it says it holds. */
  private static final class DamagedCheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private DamagedCheckpointException(String message) {
      super(message);
    }
  }
}
