package dev.repofleet.artifacts;

import java.util.regex.Pattern;

/**
 * The one form of an artifact's address: {@code artifact:} and a path relative to the store.
 *
 * <p>A path is segments of letters, digits, dot, dash and underscore, each beginning with a letter
 * or a digit: so it can be neither absolute nor hidden, and never leads out of the store.
 */
public final class ArtifactUri {
  private static final String SCHEME = "artifact:";
  private static final Pattern SEGMENTS =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9][A-Za-z0-9._-]{0,199}){0,15}");

  private ArtifactUri() {}

  /**
   * The URI of a path in the store.
   *
   * @throws IllegalArgumentException when the path is not of the allowed form
   */
  public static String of(String path) {
    return SCHEME + requirePath(path);
  }

  /**
   * The path in the store that a URI names.
   *
   * @throws IllegalArgumentException when it is no {@code artifact:} URI of the allowed form
   */
  public static String path(String uri) {
    if (!uri.startsWith(SCHEME)) {
      throw new IllegalArgumentException("not an artifact URI (artifact:<path>): " + uri);
    }
    return requirePath(uri.substring(SCHEME.length()));
  }

  static boolean isPath(String path) {
    return SEGMENTS.matcher(path).matches();
  }

  /**
   * The path itself.
   *
   * @throws IllegalArgumentException for a path that no artifact can have
   */
  public static String requirePath(String path) {
    if (!isPath(path)) {
      throw new IllegalArgumentException(
          "not an artifact path (segments of letters, digits, '.', '-', '_', divided by '/'): "
              + path);
    }
    return path;
  }
}
