package dev.repofleet.artifacts;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The key of a target: readable, safe as a path segment and as part of a workflow id, and equal
 * exactly for the same repository, ref, subpath and overrides.
 */
public final class TargetKey {
  private static final int SLUG_LENGTH = 60;
  private static final int HASH_DIGITS = 10;

  private TargetKey() {}

  /** The key of a target without overrides. */
  public static String of(CanonicalTarget target, @Nullable String ref, @Nullable String subpath) {
    return of(target, ref, subpath, "");
  }

  /**
   * The key of a target.
   *
   * @param overrides of the plan for this row, as {@link ArtifactJson#canonical} text, or empty
   */
  public static String of(
      CanonicalTarget target, @Nullable String ref, @Nullable String subpath, String overrides) {
    String identity =
        String.join("\n", target.canonical(), orEmpty(ref), orEmpty(subpath), overrides);
    return slug(target, orEmpty(subpath)) + "-" + Sha256.ofText(identity).substring(0, HASH_DIGITS);
  }

  private static String slug(CanonicalTarget target, String subpath) {
    String readable = String.join("-", orEmpty(target.owner()), target.name(), subpath);
    String slug = trim(readable.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-"));
    slug = trim(slug.length() > SLUG_LENGTH ? slug.substring(0, SLUG_LENGTH) : slug);
    return slug.isEmpty() ? "repository" : slug;
  }

  /** A key begins and ends its slug with a letter or a digit: never hidden, never an option. */
  private static String trim(String slug) {
    return slug.replaceAll("^[._-]+|[._-]+$", "").replaceAll("\\.{2,}", ".");
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
