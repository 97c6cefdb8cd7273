package dev.repofleet.worker.git;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.activity.HeldFolder;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.worker.secrets.SecretSearch;
import dev.repofleet.workflows.Cause;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the working tree of one sandbox is against the pinned commit, taken without the agent's Git
 * configuration. It may be asked while an agent works; what changes meanwhile is in or not. For one
 * thread.
 */
public final class TreeChanges {
  /** Larger ones are generated files, and no person reads them. */
  public static final long MAX_PATCH = 64L << 20;

  /** Less than the Diff activity's 5 minutes, with time to bring the patch in. */
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private static final int NO_TREE = 30;
  private static final int MAX_NOTES = 50;
  private static final int BUFFER = 1 << 16;

  private static final Map<String, String> REASONS =
      Map.of(
          "nested", "nested repository",
          "submodule", "submodule",
          "ignored", "ignored file",
          "link", "link out of the repository",
          "lfs", "file that Git LFS holds",
          "unfit", "file that Git does not add");

  private final Sandbox root;
  private final String commit;
  private final KnownSecrets secrets;
  private final Runnable beat;

  /**
   * @param commit that was cloned
   * @param secrets that no patch may contain
   * @param beat called every second or so while the work goes on; may throw to end it
   */
  public TreeChanges(Sandbox sandbox, String commit, KnownSecrets secrets, Runnable beat) {
    this.root = sandbox.withUser(SandboxLayout.ROOT);
    this.commit = commit;
    this.secrets = secrets;
    this.beat = beat;
  }

  /**
   * The changes.
   *
   * @param treeHash of the working tree
   * @param filesChanged against the commit
   * @param size of the patch in bytes, 0 when nothing was changed or it is too large
   * @param patch in the store; absent when nothing was changed or it is withheld
   * @param notCarried kind and path of what no patch can hold, at most 50, without secrets
   * @param withheld why there is no patch although something was changed
   */
  public record Taken(
      String treeHash,
      int filesChanged,
      long size,
      @Nullable ArtifactRef patch,
      List<String> notCarried,
      @Nullable String withheld) {
    /** Copies the list. */
    public Taken {
      Objects.requireNonNull(treeHash, "treeHash");
      notCarried = List.copyOf(notCarried);
    }
  }

  /**
   * Takes the changes and stores the patch.
   *
   * @return empty when the working tree is gone
   * @throws io.temporal.failure.ApplicationFailure when they can't be taken; it may be tried again
   * @throws E2bException as starting a command and reading a file throw
   */
  public Optional<Taken> take(ArtifactStore store, long maxPatch) {
    SandboxScript.Result result = run("diff", maxPatch);
    if (result.exitCode() == NO_TREE) {
      return Optional.empty();
    }
    Told told = Told.parse(result.stdout(), secrets);
    if (told.folder.isEmpty()) {
      throw Told.inPart(null);
    }
    String withheld = null;
    ArtifactRef patch = null;
    if (told.size > maxPatch) {
      withheld = "the patch is larger than " + (maxPatch >> 20) + " MiB";
    } else if (told.size > 0) {
      SecretSearch search = secrets.search();
      patch = bringIn(told.folder + "/patch", told.size, search, store);
      withheld = search.kind().isEmpty() ? null : "the patch contains " + search.kind();
    }
    root.files().remove(told.folder);
    return Optional.of(
        new Taken(
            told.tree,
            told.changed,
            told.size > maxPatch ? 0 : told.size,
            withheld == null ? patch : null,
            told.notes,
            withheld));
  }

  /** The working tree's hash; empty when the tree is gone. Throws as {@link #take} does. */
  public Optional<String> treeHash() {
    SandboxScript.Result result = run("tree", 0);
    return result.exitCode() == NO_TREE
        ? Optional.empty()
        : Optional.of(Told.parse(result.stdout(), secrets).tree);
  }

  private SandboxScript.Result run(String verb, long maxPatch) {
    Map<String, String> variables = new HashMap<>();
    variables.put("RF_REPO", SandboxLayout.REPOSITORY);
    variables.put("RF_STATE", SandboxLayout.STATE);
    variables.put("RF_COMMIT", commit);
    variables.put("RF_MAX", Long.toString(maxPatch));
    SandboxScript.Result result =
        SandboxScript.run(root, ShippedScript.TREE, LIMIT, variables, List.of(verb), beat);
    if (result.exitCode() != 0 && result.exitCode() != NO_TREE) {
      throw FailureMapper.passing(
          Cause.INTERNAL,
          "the changes in sandbox %s can't be taken (exit %d): %s"
              .formatted(
                  root.sandboxId(),
                  result.exitCode(),
                  GitFailures.quoted(result.stderr(), secrets)),
          null);
    }
    return result;
  }

  /**
   * Searched before it is stored: what is withheld never gets there. One that is longer than was
   * told is somebody else's, and may be endless.
   */
  private @Nullable ArtifactRef bringIn(
      String path, long size, SecretSearch search, ArtifactStore store) {
    try (HeldFolder held = HeldFolder.make()) {
      Path temporary = held.path().resolve("patch");
      try (InputStream in = root.files().open(path);
          OutputStream out = Files.newOutputStream(temporary)) {
        byte[] buffer = new byte[BUFFER];
        long left = size;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          beat.run();
          left -= count;
          if (left < 0) {
            throw Told.inPart(null);
          }
          search.accept(buffer, count);
          out.write(buffer, 0, count);
        }
      }
      return search.kind().isEmpty() ? store.put(temporary) : null;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the patch of sandbox " + root.sandboxId() + " can't be brought in", e);
    }
  }

  /** What the script told: records ended by NUL, since a path may hold anything else. */
  static final class Told {
    private String tree = "";
    private String folder = "";
    private int changed;
    private long size;
    private final List<String> notes = new ArrayList<>();

    /**
     * Reads what it told.
     *
     * @param secrets that no note may contain: an agent names its files as it likes
     * @throws io.temporal.failure.ApplicationFailure when that is not all of it; it may be tried
     *     again
     */
    static Told parse(String stdout, KnownSecrets secrets) {
      Told told = new Told();
      try {
        for (String record : stdout.split("\0", -1)) {
          int space = record.indexOf(' ');
          if (space > 0) {
            told.take(record.substring(0, space), record.substring(space + 1), secrets);
          }
        }
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        throw inPart(e);
      }
      if (told.tree.isEmpty()) {
        throw inPart(null);
      }
      return told;
    }

    private static ApplicationFailure inPart(@Nullable RuntimeException origin) {
      return FailureMapper.passing(Cause.INTERNAL, "the changes were told in part only", origin);
    }

    String tree() {
      return tree;
    }

    List<String> notes() {
      return notes;
    }

    private void take(String kind, String value, KnownSecrets secrets) {
      switch (kind) {
        case "tree" -> tree = value;
        case "changed" -> changed = Integer.parseInt(value);
        case "patch" -> {
          int space = value.lastIndexOf(' ');
          folder = value.substring(0, space);
          size = Long.parseLong(value.substring(space + 1));
        }
        default -> {
          String reason = REASONS.get(kind);
          if (reason != null && notes.size() < MAX_NOTES) {
            notes.add(reason + ": " + secrets.redact(value));
          }
        }
      }
    }
  }
}
