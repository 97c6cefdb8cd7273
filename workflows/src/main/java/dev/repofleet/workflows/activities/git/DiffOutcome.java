package dev.repofleet.workflows.activities.git;

import dev.repofleet.workflows.Payload;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What changed against the pinned commit.
 *
 * @param patchUri of the patch; absent when nothing changed or it is withheld
 * @param bytes of the patch
 * @param filesChanged by it
 * @param treeHash of the sandbox's tree; applying the patch to the commit gives the same
 * @param notCarried what is in the sandbox and can't be in a patch, with the reason, at most 50
 * @param withheld why a patch that exists is not handed out; absent when it is
 */
@Payload
public record DiffOutcome(
    @Nullable String patchUri,
    long bytes,
    int filesChanged,
    String treeHash,
    List<String> notCarried,
    @Nullable String withheld) {
  public DiffOutcome {
    Objects.requireNonNull(treeHash, "treeHash");
    notCarried = List.copyOf(notCarried);
  }
}
