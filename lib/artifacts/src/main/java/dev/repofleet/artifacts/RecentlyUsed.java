package dev.repofleet.artifacts;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was read or made and is likely to be asked for again: the entries that were used last.
 * Thread-safe.
 */
public final class RecentlyUsed<K, V> {
  private final Map<K, V> entries;

  /**
   * Keeps nothing yet.
   *
   * @param most entries, 1 or more; for another one that which was used longest ago is forgotten
   */
  public RecentlyUsed(int most) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
          }
        };
  }

  /** The entry, which is used by that; absent when there is none. */
  public synchronized @Nullable V get(K key) {
    return entries.get(key);
  }

  /** Keeps this one, in place of one of the same key. */
  public synchronized void put(K key, V value) {
    entries.put(key, value);
  }
}
