package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.progress.RunningRepository;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The repositories whose reviews are running, and which of them wait for a person and so take no
 * place in the window. Not thread-safe.
 */
final class RepositoriesInWork {
  private final Map<Integer, RunningRepository> running = new TreeMap<>();
  private final Set<Integer> parked = new TreeSet<>();

  RepositoriesInWork(List<RunningRepository> known, List<Integer> parked) {
    known.forEach(this::add);
    this.parked.addAll(parked);
  }

  void add(RunningRepository repository) {
    running.put(repository.index(), repository);
  }

  /** Whether it was there. */
  boolean remove(int index) {
    parked.remove(index);
    return running.remove(index) != null;
  }

  boolean contains(int index) {
    return running.containsKey(index);
  }

  /** One that is not running stays as it is. */
  void park(int index, boolean waits) {
    if (waits && contains(index)) {
      parked.add(index);
    } else {
      parked.remove(index);
    }
  }

  boolean isEmpty() {
    return running.isEmpty();
  }

  int count() {
    return running.size();
  }

  List<Integer> parked() {
    return List.copyOf(parked);
  }

  int parkedCount() {
    return parked.size();
  }

  /** Those that take a place in the window. */
  int workingCount() {
    return running.size() - parked.size();
  }

  /** US dollars that those in work may cost by the batch's budget, in all. */
  double reservedUsd() {
    return running.values().stream()
        .mapToDouble(each -> each.reservedUsd() == null ? 0 : each.reservedUsd())
        .sum();
  }

  /** By index. */
  List<RunningRepository> all() {
    return List.copyOf(running.values());
  }
}
