package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.pool.PoolCarry.Warm;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.Reuse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sandboxes that wait for a lease, and those on their way there. Not thread-safe. */
final class WarmShelf {
  private final Map<String, Warm> byLabel = new LinkedHashMap<>();

  WarmShelf(List<Warm> carried) {
    carried.forEach(this::put);
  }

  void put(Warm warm) {
    byLabel.put(warm.label(), warm);
  }

  @Nullable Warm remove(String label) {
    return byLabel.remove(label);
  }

  /** Whether it has this one, by its label or its id. */
  boolean has(String label, @Nullable String sandboxId) {
    return byLabel.values().stream()
        .anyMatch(
            warm ->
                warm.label().equals(label)
                    || (sandboxId != null && sandboxId.equals(warm.sandboxId())));
  }

  /** The one for this request, its own repository's first; absent when there is none. */
  @Nullable Warm find(LeaseRequest request) {
    if (request.parkedSandboxId() != null) {
      return null;
    }
    Warm anybodys = null;
    for (Warm warm : byLabel.values()) {
      if (warm.sandboxId() == null || !warm.template().equals(request.template())) {
        continue;
      }
      if (warm.repository() == null) {
        anybodys = anybodys == null ? warm : anybodys;
      } else if (warm.repository().equals(request.repository())) {
        return warm;
      }
    }
    return anybodys;
  }

  /** How many take a place: those that run or are being created. */
  int places() {
    return (int) byLabel.values().stream().filter(warm -> !warm.paused()).count();
  }

  int size() {
    return byLabel.size();
  }

  /** How many of a template are for anybody, those on their way counted in. */
  int ready(String template) {
    return (int)
        byLabel.values().stream()
            .filter(warm -> warm.repository() == null && warm.template().equals(template))
            .count();
  }

  /** A running one that can make room for somebody else: the one that has waited longest. */
  @Nullable Warm oldestRunning() {
    return byLabel.values().stream()
        .filter(warm -> warm.sandboxId() != null && !warm.paused())
        .min(Comparator.comparingLong(Warm::idleSince))
        .orElse(null);
  }

  /**
   * Takes out those that are too old, have waited too long, or are more than is wanted: of those
   * kept for a repository all, once the settings keep none any more.
   */
  List<Warm> takeSpent(long now, PoolSettings settings) {
    List<Warm> spent = new ArrayList<>();
    boolean keeps = settings.reuse() == Reuse.REPOSITORY;
    for (Warm warm : byLabel.values()) {
      boolean old = now - warm.createdAt() >= settings.maxLifetime().toMillis();
      boolean unused =
          warm.repository() != null
              && (!keeps || now - warm.idleSince() >= settings.idleTimeout().toMillis());
      if (warm.sandboxId() != null && (old || unused)) {
        spent.add(warm);
      }
    }
    spent.forEach(warm -> byLabel.remove(warm.label()));
    takeSurplus(settings, spent);
    return spent;
  }

  private void takeSurplus(PoolSettings settings, List<Warm> spent) {
    Map<String, Integer> seen = new LinkedHashMap<>();
    for (Warm warm : List.copyOf(byLabel.values())) {
      if (warm.repository() == null && warm.sandboxId() != null) {
        int nth = seen.merge(warm.template(), 1, Integer::sum);
        if (nth > settings.minimumIdle().getOrDefault(warm.template(), 0)) {
          spent.add(warm);
          byLabel.remove(warm.label());
        }
      }
    }
  }

  /** Forgets those that E2B does not list, though they are there since a time: they have died. */
  void keepListed(Set<String> sandboxIds, long thereSince) {
    byLabel
        .values()
        .removeIf(
            warm ->
                warm.sandboxId() != null
                    && warm.idleSince() < thereSince
                    && !sandboxIds.contains(warm.sandboxId()));
  }

  /** When the next one is spent; far away when there is none. */
  long nextSpentAt(PoolSettings settings) {
    return byLabel.values().stream()
        .filter(warm -> warm.sandboxId() != null)
        .mapToLong(
            warm ->
                Math.min(
                    warm.createdAt() + settings.maxLifetime().toMillis(),
                    warm.repository() == null
                        ? Long.MAX_VALUE
                        : warm.idleSince() + settings.idleTimeout().toMillis()))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  List<Warm> all() {
    return List.copyOf(byLabel.values());
  }
}
