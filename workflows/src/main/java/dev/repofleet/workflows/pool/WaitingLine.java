package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.pool.PoolCarry.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a permit: by priority, then batches in turn, then as they came. One grant in
 * {@value #LOWEST_EVERY} goes to the lowest priority, so that nobody starves. Not thread-safe.
 */
final class WaitingLine {
  /** Longest line: beyond it what a pool takes along would near what a payload may hold. */
  static final int MOST = 2_000;

  /** Of how many grants one goes to the lowest priority. */
  static final int LOWEST_EVERY = 8;

  /** By priority, then by batch in the order of its turn; lease ids as they came. */
  private final TreeMap<Integer, LinkedHashMap<String, Deque<String>>> lines = new TreeMap<>();

  private final Map<String, Waiting> byLease = new LinkedHashMap<>();
  private int passed;

  WaitingLine(List<Waiting> waiting, int passed) {
    waiting.forEach(one -> put(one, false));
    this.passed = passed;
  }

  /**
   * Lets somebody in, or notes that it asks again: it keeps its place.
   *
   * @return false when the line is full
   */
  boolean add(LeaseRequest request, long now) {
    Waiting before = byLease.get(request.leaseId());
    if (before != null && !sameLine(before.request(), request)) {
      remove(request.leaseId());
      put(new Waiting(request, now, before.tried()), false);
      return true;
    }
    if (before != null) {
      byLease.put(request.leaseId(), new Waiting(request, now, before.tried()));
      return true;
    }
    if (byLease.size() >= MOST) {
      return false;
    }
    put(new Waiting(request, now, false), false);
    return true;
  }

  private static boolean sameLine(LeaseRequest one, LeaseRequest other) {
    return one.priority() == other.priority() && one.batch().equals(other.batch());
  }

  /** Somebody who was served already, and got nothing for it: it goes before its batch's others. */
  void addFirst(LeaseRequest request, long now) {
    remove(request.leaseId());
    put(new Waiting(request, now, true), true);
  }

  private void put(Waiting one, boolean first) {
    LeaseRequest request = one.request();
    byLease.put(request.leaseId(), one);
    Deque<String> batch =
        lines
            .computeIfAbsent(request.priority(), priority -> new LinkedHashMap<>())
            .computeIfAbsent(request.batch(), name -> new ArrayDeque<>());
    if (first) {
      batch.addFirst(request.leaseId());
    } else {
      batch.addLast(request.leaseId());
    }
  }

  /** Whose turn it is; absent when nobody waits. */
  @Nullable LeaseRequest peek() {
    if (lines.isEmpty()) {
      return null;
    }
    Deque<String> batch = turn().values().iterator().next();
    return waiting(batch.getFirst()).request();
  }

  private Waiting waiting(String leaseId) {
    return Objects.requireNonNull(byLease.get(leaseId), "a lease in the line");
  }

  private Map<String, Deque<String>> turn() {
    return Objects.requireNonNull(lines.get(priorityNext()), "a line that is not empty");
  }

  private int priorityNext() {
    return passed >= LOWEST_EVERY - 1 ? lines.lastKey() : lines.firstKey();
  }

  /** Takes out whose turn it is, and lets its batch wait for the next. */
  Waiting take() {
    boolean lowest = priorityNext() == lines.lastKey();
    Map.Entry<String, Deque<String>> turn = turn().entrySet().iterator().next();
    Waiting one = waiting(turn.getValue().getFirst());
    LeaseRequest request = one.request();
    String batch = turn.getKey();
    Deque<String> others = turn.getValue();
    remove(request.leaseId());
    LinkedHashMap<String, Deque<String>> line = lines.get(request.priority());
    if (line != null && !others.isEmpty()) {
      line.remove(batch);
      line.put(batch, others);
    }
    passed = lowest ? 0 : passed + 1;
    return one;
  }

  /** True when it was in the line. */
  boolean remove(String leaseId) {
    Waiting one = byLease.remove(leaseId);
    if (one == null) {
      return false;
    }
    LeaseRequest request = one.request();
    Map<String, Deque<String>> line = lines.get(request.priority());
    if (line != null) {
      Deque<String> batch = line.get(request.batch());
      if (batch != null) {
        batch.remove(leaseId);
        if (batch.isEmpty()) {
          line.remove(request.batch());
        }
      }
      if (line.isEmpty()) {
        lines.remove(request.priority());
      }
    }
    return true;
  }

  /** Forgets those who have not asked again since; they have ended, or will. */
  void dropSilentSince(long time) {
    byLease.values().stream()
        .filter(one -> one.seenAt() < time)
        .map(one -> one.request().leaseId())
        .toList()
        .forEach(this::remove);
  }

  boolean isEmpty() {
    return byLease.isEmpty();
  }

  int size() {
    return byLease.size();
  }

  /** What somebody in the line asked for; absent when it is not in it. */
  @Nullable LeaseRequest find(String leaseId) {
    Waiting one = byLease.get(leaseId);
    return one == null ? null : one.request();
  }

  /** The batches of those who wait. */
  Set<String> batches() {
    return byBatch().keySet();
  }

  /** How many wait, by batch. */
  Map<String, Integer> byBatch() {
    Map<String, Integer> counts = new TreeMap<>();
    byLease.values().forEach(one -> counts.merge(one.request().batch(), 1, Integer::sum));
    return counts;
  }

  /** All of them, so that a line made of it goes on as this one would. */
  List<Waiting> toCarry() {
    List<Waiting> all = new ArrayList<>();
    lines
        .values()
        .forEach(
            line ->
                line.values()
                    .forEach(batch -> batch.forEach(lease -> all.add(byLease.get(lease)))));
    return all;
  }

  int passed() {
    return passed;
  }
}
