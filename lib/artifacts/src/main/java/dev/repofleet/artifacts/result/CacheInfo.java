package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether an earlier result was used in place of a run.
 *
 * @param key over everything that decides a result
 * @param hit whether it was found
 * @param original the result that this one stands on; there exactly when it was found
 */
public record CacheInfo(String key, boolean hit, @Nullable Original original) {
  /** Refuses a result that stands on none although one was found, and the other way round. */
  public CacheInfo {
    Parts.text(key, "key of the cache");
    if (hit != (original != null)) {
      throw new IllegalArgumentException(
          "cache: hit is " + hit + ", but there is " + (hit ? "no" : "an") + " original");
    }
  }

  /** Of a result that was worked for. */
  public static CacheInfo miss(String key) {
    return new CacheInfo(key, false, null);
  }

  /** Of a result that stands on another. */
  public static CacheInfo hit(String key, Original original) {
    return new CacheInfo(key, true, original);
  }

  /**
   * The review that was really run.
   *
   * @param batch it belongs to
   * @param key of the repository in that batch
   * @param endedAt when it ended; absent where its result does not say
   */
  public record Original(String batch, String key, @Nullable Instant endedAt) {
    /** Refuses one without a name. */
    public Original {
      Parts.text(batch, "batch of the original");
      Parts.text(key, "key of the original");
    }
  }
}
