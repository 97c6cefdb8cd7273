package dev.repofleet.workflows.activities.git;

import dev.repofleet.workflows.Payload;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is in the sandbox now.
 *
 * @param files tracked at the commit, within the subpath if there is one
 * @param bytes they have together
 * @param treeHash of the commit
 * @param languages the most common ones by bytes, at most five
 * @param agentSettings paths of agent settings the repository ships (its own {@code .claude},
 *     {@code .mcp.json}, {@code CLAUDE.md}), at most 50; they are recorded and not loaded
 * @param languagePercents of the bytes in known languages, in the order of {@code languages}; none
 *     in histories of before they were told
 * @param ignored what the repository's {@code .reviewignore} leaves out, which is not counted
 *     above; absent when there is none
 * @param incremental what changed, where the plan asks for that; else absent
 * @param withLogin whether the host gave it to a login alone: a token was in the sandbox. Absent in
 *     histories before it was told
 */
@Payload
public record CloneOutcome(
    int files,
    long bytes,
    String treeHash,
    List<String> languages,
    List<String> agentSettings,
    List<Integer> languagePercents,
    @Nullable ReviewIgnore ignored,
    @Nullable Incremental incremental,
    @Nullable Boolean withLogin) {
  public CloneOutcome {
    Objects.requireNonNull(treeHash, "treeHash");
    languages = List.copyOf(languages);
    agentSettings = List.copyOf(agentSettings);
    languagePercents = languagePercents == null ? List.of() : List.copyOf(languagePercents);
  }

  /** The same with what has changed. */
  public CloneOutcome comparedAs(@Nullable Incremental changes) {
    return with(changes, withLogin);
  }

  /** The same where one of its submodules was given to a login alone. */
  public CloneOutcome withLoginUsed() {
    return with(incremental, true);
  }

  private CloneOutcome with(@Nullable Incremental changes, @Nullable Boolean login) {
    return new CloneOutcome(
        files,
        bytes,
        treeHash,
        languages,
        agentSettings,
        languagePercents,
        ignored,
        changes,
        login);
  }
}
