package dev.repofleet.worker.git;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.FailureMapper;
import dev.repofleet.worker.sandbox.SandboxLayout;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.DiffInput;
import dev.repofleet.workflows.activities.DiffOutcome;
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
import org.jspecify.annotations.Nullable;

/** Takes what changed in one sandbox against the pinned commit. For one activity attempt. */
final class DiffStep {
  /** Less than the activity's 5 minutes, with time to bring the patch in. */
  private static final Duration LIMIT = Duration.ofMinutes(4);

  /** Larger ones are generated files, and no person reads them. */
  static final long MAX_PATCH = 64L << 20;

  private static final int NO_TREE = 30;
  private static final int MAX_NOTES = 50;
  private static final int BUFFER = 1 << 16;

  private static final Map<String, String> REASONS =
      Map.of(
          "nested", "nested repository",
          "submodule", "submodule",
          "ignored", "ignored file",
          "link", "link out of the repository");

  private final Sandbox root;
  private final DiffInput input;
  private final ArtifactStore store;
  private final KnownSecrets secrets;
  private final long maxPatch;

  DiffStep(Sandbox sandbox, DiffInput input, ArtifactStore store, KnownSecrets secrets) {
    this(sandbox, input, store, secrets, MAX_PATCH);
  }

  DiffStep(
      Sandbox sandbox, DiffInput input, ArtifactStore store, KnownSecrets secrets, long maxPatch) {
    this.root = sandbox.withUser(SandboxLayout.ROOT);
    this.input = input;
    this.store = store;
    this.secrets = secrets;
    this.maxPatch = maxPatch;
  }

  DiffOutcome take() {
    try {
      SandboxScript.Result result =
          SandboxScript.run(root, GitScript.TREE, LIMIT, variables(), List.of("diff"), () -> {});
      if (result.exitCode() == NO_TREE) {
        return new DiffOutcome(null, 0, 0, "none", List.of(), "the working tree is gone");
      }
      if (result.exitCode() != 0) {
        throw FailureMapper.passing(
            Cause.INTERNAL,
            "the changes in sandbox %s can't be taken (exit %d): %s"
                .formatted(
                    root.sandboxId(),
                    result.exitCode(),
                    GitFailures.quoted(result.stderr(), secrets)),
            null);
      }
      return outcome(Told.parse(result.stdout()));
    } catch (E2bException e) {
      throw FailureMapper.map(e, "the changes in sandbox " + input.sandboxId() + " can't be taken");
    }
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>();
    variables.put("RF_REPO", SandboxLayout.REPOSITORY);
    variables.put("RF_STATE", SandboxLayout.STATE);
    variables.put("RF_COMMIT", input.commit());
    variables.put("RF_MAX", Long.toString(maxPatch));
    return variables;
  }

  private DiffOutcome outcome(Told told) {
    String withheld = null;
    ArtifactRef patch = null;
    if (told.size > maxPatch) {
      withheld = "the patch is larger than " + (maxPatch >> 20) + " MiB";
    } else if (told.size > 0) {
      KnownSecrets.Search search = secrets.search();
      patch = bringIn(told.folder + "/patch", search);
      withheld = search.kind().isEmpty() ? null : "the patch contains " + search.kind();
    }
    root.files().remove(told.folder);
    return new DiffOutcome(
        patch == null || withheld != null ? null : patch.uri(),
        told.size > maxPatch ? 0 : told.size,
        told.changed,
        told.tree,
        told.notes,
        withheld);
  }

  /** Searched before it is stored: what is withheld never gets there. */
  private @Nullable ArtifactRef bringIn(String path, KnownSecrets.Search search) {
    try {
      Path temporary = Files.createTempFile("repofleet-", ".patch");
      try {
        try (InputStream in = root.files().open(path);
            OutputStream out = Files.newOutputStream(temporary)) {
          byte[] buffer = new byte[BUFFER];
          for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            search.accept(buffer, count);
            out.write(buffer, 0, count);
          }
        }
        return search.kind().isEmpty() ? store.put(temporary) : null;
      } finally {
        Files.delete(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the patch of sandbox " + root.sandboxId() + " can't be brought in", e);
    }
  }

  /** What the script told: records ended by NUL, since a path may hold anything else. */
  private static final class Told {
    private String tree = "";
    private String folder = "";
    private int changed;
    private long size;
    private final List<String> notes = new ArrayList<>();

    private static Told parse(String stdout) {
      Told told = new Told();
      for (String record : stdout.split("\0", -1)) {
        int space = record.indexOf(' ');
        if (space > 0) {
          told.take(record.substring(0, space), record.substring(space + 1));
        }
      }
      if (told.tree.isEmpty() || told.folder.isEmpty()) {
        throw FailureMapper.passing(Cause.INTERNAL, "the changes were told in part only", null);
      }
      return told;
    }

    private void take(String kind, String value) {
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
            notes.add(reason + ": " + value);
          }
        }
      }
    }
  }
}
