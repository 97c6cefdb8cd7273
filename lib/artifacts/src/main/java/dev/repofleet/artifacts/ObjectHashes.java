package dev.repofleet.artifacts;

import java.util.Arrays;

/**
 * A set of content-addressed objects, eight bytes each: a store has hundreds of thousands. Two
 * objects of the same first 64 bits are taken for one, which only ever keeps something. For one
 * thread.
 */
final class ObjectHashes {
  private static final int FIRST_CAPACITY = 1024;
  private static final int DIGITS = 16;

  private long[] hashes = new long[FIRST_CAPACITY];
  private int count;
  private int sorted;

  /** Adds an object by its hash in hex. */
  void add(String sha256) {
    if (count == hashes.length) {
      compact();
      if (count > hashes.length / 2) {
        hashes = Arrays.copyOf(hashes, hashes.length * 2);
      }
    }
    hashes[count++] = shortened(sha256);
  }

  /** Whether the object was added. */
  boolean contains(String sha256) {
    if (sorted < count) {
      compact();
    }
    return Arrays.binarySearch(hashes, 0, count, shortened(sha256)) >= 0;
  }

  private void compact() {
    Arrays.sort(hashes, 0, count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (kept == 0 || hashes[kept - 1] != hashes[i]) {
        hashes[kept++] = hashes[i];
      }
    }
    count = kept;
    sorted = kept;
  }

  private static long shortened(String sha256) {
    return Long.parseUnsignedLong(sha256, 0, DIGITS, 16);
  }
}
