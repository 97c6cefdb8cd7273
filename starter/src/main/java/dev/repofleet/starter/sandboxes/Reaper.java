package dev.repofleet.starter.sandboxes;

import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bInterruptedException;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.starter.sandboxes.HeldSandboxes.Judged;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what nobody owns, one sandbox after the other: each is judged just before it is deleted,
 * and one that can't be deleted keeps none of the others. For one thread and one round.
 */
final class Reaper {
  private final Reviews reviews;
  private final PoolSandboxes pool;
  private final @Nullable Predicate<String> kill;
  private final Listener listener;
  private final Map<Owner, Integer> left = new EnumMap<>(Owner.class);
  private int deleted;
  private int failed;

  /** What was done about a free sandbox. */
  enum Action {
    /** It is deleted now. */
    DELETED("deleted"),
    /** Somebody else had deleted it. */
    GONE("gone"),
    /** It would be deleted, were this no rehearsal. */
    WOULD_DELETE("would_delete"),
    /** E2B did not delete it, or did not say so. */
    NOT_DELETED("not_deleted");

    private final String word;

    Action(String word) {
      this.word = word;
    }

    /** As JSON lines have it. */
    String word() {
      return word;
    }
  }

  /** Learns of each sandbox as it is dealt with. */
  interface Listener {
    /** It is left alone. */
    void left(Judged sandbox);

    /**
     * It was free.
     *
     * @param problem with {@link Action#NOT_DELETED} alone: why
     */
    void reaped(Judged sandbox, Action action, @Nullable String problem);
  }

  /**
   * A reaper.
   *
   * @param kill deletes by id, false if it was gone; absent when nothing is to be deleted
   */
  Reaper(Reviews reviews, PoolSandboxes pool, @Nullable Predicate<String> kill, Listener listener) {
    this.reviews = reviews;
    this.pool = pool;
    this.kill = kill;
    this.listener = listener;
  }

  /** Goes over all of them once. */
  void reap(HeldSandboxes held) {
    for (SandboxInfo sandbox : held.sandboxes()) {
      Judged judged = held.judge(sandbox, reviews, pool);
      if (judged.verdict().owner() == Owner.FREE) {
        reap(judged);
      } else {
        left.merge(judged.verdict().owner(), 1, Integer::sum);
        listener.left(judged);
      }
    }
  }

  private void reap(Judged free) {
    if (kill == null) {
      deleted++;
      listener.reaped(free, Action.WOULD_DELETE, null);
      return;
    }
    try {
      Action action = kill.test(free.sandbox().sandboxId()) ? Action.DELETED : Action.GONE;
      deleted++;
      listener.reaped(free, action, null);
    } catch (E2bInterruptedException e) {
      throw e;
    } catch (E2bException | IllegalArgumentException e) {
      failed++;
      listener.reaped(free, Action.NOT_DELETED, e.getMessage());
    }
  }

  /** How many are gone, or would be. */
  int deleted() {
    return deleted;
  }

  /** How many could not be deleted. */
  int failed() {
    return failed;
  }

  /** How many of these were left alone. */
  int left(Owner owner) {
    return left.getOrDefault(owner, 0);
  }
}
