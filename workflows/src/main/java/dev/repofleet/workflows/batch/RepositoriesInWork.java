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

  /** Most that those may cost by their plan which began while the batch had no budget. */
  private final Map<Integer, Double> unreserved = new TreeMap<>();

  RepositoriesInWork(List<RunningRepository> known, List<Integer> parked) {
    known.forEach(repository -> running.put(repository.index(), repository));
    this.parked.addAll(parked);
  }

  /**
   * One more is running.
   *
   * @param capUsd most that it may cost by its plan
   */
  void add(RunningRepository repository, double capUsd) {
    running.put(repository.index(), repository);
    if (repository.reservedUsd() == null) {
      unreserved.put(repository.index(), capUsd);
    }
  }

  /** Whether it was there. */
  boolean remove(int index) {
    parked.remove(index);
    unreserved.remove(index);
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

  boolean areAllReserved() {
    return running.values().stream().allMatch(each -> each.reservedUsd() != null);
  }

  /**
   * Reserves for those that began without a budget what they may cost by their plan.
   *
   * @param capUsd of one whose own is not known
   */
  void reserve(double capUsd) {
    running.replaceAll((index, each) -> reserved(each, capUsd));
    unreserved.clear();
  }

  private RunningRepository reserved(RunningRepository one, double capUsd) {
    if (one.reservedUsd() != null) {
      return one;
    }
    double cap = unreserved.getOrDefault(one.index(), capUsd);
    return new RunningRepository(one.index(), one.key(), cap, one.generation());
  }

  /** By index, as {@link #reserve} would leave them. */
  List<RunningRepository> allReserved(double capUsd) {
    return running.values().stream().map(each -> reserved(each, capUsd)).toList();
  }

  /** By index. */
  List<RunningRepository> all() {
    return List.copyOf(running.values());
  }
}
