package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.progress.IndexRange;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * Positions in a batch's targets, kept as ranges: what a million targets have in common takes a few
 * numbers. Not thread-safe.
 */
final class IndexSet {
  /** From the first of a range to the one behind its last; ranges neither meet nor overlap. */
  private final TreeMap<Integer, Integer> ranges = new TreeMap<>();

  private int size;

  static IndexSet of(List<IndexRange> ranges) {
    IndexSet set = new IndexSet();
    ranges.forEach(range -> set.addAll(range.from(), range.to()));
    return set;
  }

  boolean contains(int index) {
    Map.Entry<Integer, Integer> before = ranges.floorEntry(index);
    return before != null && index < before.getValue();
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  boolean add(int index) {
    if (contains(index)) {
      return false;
    }
    addAll(index, index + 1);
    return true;
  }

  /** All from {@code from} to before {@code to}; none when that is nothing. */
  void addAll(int from, int to) {
    if (from >= to) {
      return;
    }
    int first = from;
    int end = to;
    Map.Entry<Integer, Integer> near = ranges.floorEntry(to);
    while (near != null && near.getValue() >= first) {
      first = Math.min(first, near.getKey());
      end = Math.max(end, near.getValue());
      drop(near);
      near = ranges.floorEntry(to);
    }
    put(first, end);
  }

  boolean remove(int index) {
    Map.Entry<Integer, Integer> range = ranges.floorEntry(index);
    if (range == null || index >= range.getValue()) {
      return false;
    }
    drop(range);
    put(range.getKey(), index);
    put(index + 1, range.getValue());
    return true;
  }

  private void put(int from, int to) {
    if (from < to) {
      ranges.put(from, to);
      size += to - from;
    }
  }

  private void drop(Map.Entry<Integer, Integer> range) {
    ranges.remove(range.getKey());
    size -= range.getValue() - range.getKey();
  }

  /** Each of them, smallest first. The set must not change meanwhile. */
  void forEach(IntConsumer each) {
    ranges.forEach(
        (from, to) -> {
          for (int index = from; index < to; index++) {
            each.accept(index);
          }
        });
  }

  List<IndexRange> ranges() {
    return ranges.entrySet().stream()
        .map(range -> new IndexRange(range.getKey(), range.getValue()))
        .toList();
  }
}
