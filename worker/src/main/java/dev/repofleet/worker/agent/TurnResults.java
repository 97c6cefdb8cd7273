package dev.repofleet.worker.agent;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Results of finished turns, kept before Temporal hears of them: a completion that got lost, or an
 * attempt that comes late, costs no model call. Thread-safe.
 *
 * <p>A result holds where what the agent did is: in the sandbox in which the turn ran, and in one
 * that was rebuilt from a checkpoint of the turn's end or of a later one. Any other sandbox runs
 * the turn again. A verification does nothing but answer: its result holds everywhere for the
 * findings that it was about. None holds for a turn that is asked something else: one that was
 * cancelled, or never told of, leaves its number to the next.
 */
public final class TurnResults {
  private static final long MAX_BYTES = 1 << 20;

  private final ArtifactStore store;

  /** Keeps and finds them in {@code store}. */
  public TurnResults(ArtifactStore store) {
    this.store = store;
  }

  /** The result of this very turn, if it holds here. */
  Optional<TurnOutcome> find(TurnInput input) {
    String path = path(input);
    return store
        .readIfPresent(ArtifactUri.of(path), MAX_BYTES)
        .map(json -> ArtifactJson.read(json, StoredTurn.class, path))
        .filter(kept -> holds(kept, input))
        .map(StoredTurn::outcome);
  }

  /** The turns of a review that have ended, from the first on without a gap. */
  public List<StoredTurn> all(String batch, String key, int generation) {
    List<StoredTurn> turns = new ArrayList<>();
    while (true) {
      String path = ArtifactPaths.turnResult(batch, key, generation, turns.size());
      Optional<byte[]> json = store.readIfPresent(ArtifactUri.of(path), MAX_BYTES);
      if (json.isEmpty()) {
        return turns;
      }
      turns.add(ArtifactJson.read(json.get(), StoredTurn.class, path));
    }
  }

  private static boolean holds(StoredTurn kept, TurnInput input) {
    if (kept.asked() != null && !kept.asked().equals(input.asked())) {
      return false;
    }
    return input.prompt() == PromptKind.VERIFY
        ? Objects.equals(kept.findings(), input.promptUri())
        : kept.sandboxId().equals(input.sandboxId()) || isRestored(input);
  }

  private static boolean isRestored(TurnInput input) {
    TurnBasis basis = input.basis();
    Integer endedThrough = basis == null ? null : basis.endedThrough();
    return endedThrough != null && endedThrough >= input.turn();
  }

  void keep(TurnInput input, TurnOutcome outcome) {
    String findings = input.prompt() == PromptKind.VERIFY ? input.promptUri() : null;
    StoredTurn kept =
        new StoredTurn(input.sandboxId(), input.commit(), outcome, findings, input.asked());
    store.putNamed(path(input), ArtifactJson.pretty(kept));
  }

  private static String path(TurnInput input) {
    return ArtifactPaths.turnResult(input.batch(), input.key(), input.generation(), input.turn());
  }

  /**
   * {@code result.json}.
   *
   * @param sandboxId it ran in
   * @param commit under review
   * @param outcome of the turn
   * @param findings where those lie that it verified; absent for any other turn
   * @param asked as {@link TurnInput#asked}; absent in results before it was kept
   */
  public record StoredTurn(
      String sandboxId,
      String commit,
      TurnOutcome outcome,
      @Nullable String findings,
      @Nullable String asked) {}
}
