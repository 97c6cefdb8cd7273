package dev.repofleet.e2b;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which lines of a sandbox's log are wanted.
 *
 * @param from forward: lines at or after this; backward: at or before. Null is the log's beginning
 *     or its end
 * @param backward newest first
 * @param limit lines of one page, 1 to 1000
 * @param level lines of at least this level, in the server's words: {@code debug}, {@code info},
 *     {@code warn}, {@code error}; null is all
 * @param search text that a message must hold, at most 256 characters; null is all
 */
public record LogQuery(
    @Nullable Instant from,
    boolean backward,
    int limit,
    @Nullable String level,
    @Nullable String search) {

  /** The largest page, and the server's default. */
  public static final int MAX_LIMIT = 1000;

  private static final int MAX_SEARCH = 256;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the limit or the length of the search is out of bounds
   */
  public LogQuery {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException(
          "the limit of a page of logs must be 1 to %d, not %d".formatted(MAX_LIMIT, limit));
    }
    if (search != null && search.length() > MAX_SEARCH) {
      throw new IllegalArgumentException(
          "the text to search logs for must have at most %d characters".formatted(MAX_SEARCH));
    }
  }

  /** The whole log from its beginning. */
  public static LogQuery all() {
    return new LogQuery(null, false, MAX_LIMIT, null, null);
  }

  /** The newest lines first. */
  public static LogQuery newestFirst() {
    return new LogQuery(null, true, MAX_LIMIT, null, null);
  }

  /** The same from another moment on. */
  public LogQuery from(Instant moment) {
    return new LogQuery(Objects.requireNonNull(moment, "moment"), backward, limit, level, search);
  }

  /** The same in pages of another size. */
  public LogQuery limit(int lines) {
    return new LogQuery(from, backward, lines, level, search);
  }

  /** The same, of at least this level. */
  public LogQuery level(String least) {
    return new LogQuery(from, backward, limit, least, search);
  }

  /** The same, with this text in it. */
  public LogQuery search(String text) {
    return new LogQuery(from, backward, limit, level, text);
  }
}
