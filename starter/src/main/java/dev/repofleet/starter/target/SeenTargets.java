package dev.repofleet.starter.target;

import java.util.Arrays;

/**
 * Where the targets lie whose keys end alike: two targets in other places are never the same. Takes
 * 32 bytes a target; not thread-safe.
 */
final class SeenTargets {
  /** Those that a key has: of what shares less, the keys differ. */
  private static final int DIGITS = 10;

  private static final long[] NONE = {};

  /** The hash and one more, so that 0 is a free slot. */
  private long[] hashes = new long[1 << 10];

  private long[] places = new long[1 << 10];
  private int size;

  /**
   * The places of those seen under the same hash, mostly none.
   *
   * @param identity in hex
   */
  long[] find(String identity) {
    long hash = hash(identity);
    long[] found = NONE;
    for (int slot = slot(hash); hashes[slot] != 0; slot = next(slot)) {
      if (hashes[slot] == hash) {
        found = Arrays.copyOf(found, found.length + 1);
        found[found.length - 1] = places[slot];
      }
    }
    return found;
  }

  void add(String identity, long place) {
    if (++size > hashes.length / 2) {
      grow();
    }
    put(hash(identity), place);
  }

  private void put(long hash, long place) {
    int slot = slot(hash);
    while (hashes[slot] != 0) {
      slot = next(slot);
    }
    hashes[slot] = hash;
    places[slot] = place;
  }

  private void grow() {
    long[] oldHashes = hashes;
    long[] oldPlaces = places;
    hashes = new long[oldHashes.length * 2];
    places = new long[oldHashes.length * 2];
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldHashes[i] != 0) {
        put(oldHashes[i], oldPlaces[i]);
      }
    }
  }

  private static long hash(String identity) {
    return Long.parseLong(identity, 0, DIGITS, 16) + 1;
  }

  private int slot(long hash) {
    return (int) (hash & (hashes.length - 1));
  }

  private int next(int slot) {
    return (slot + 1) & (hashes.length - 1);
  }
}
