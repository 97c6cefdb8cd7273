package dev.repofleet.artifacts.target;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.Sha256;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The key of a target: readable, safe as a path segment and as part of a workflow id, and equal
 * exactly for the same repository, ref, subpath and overrides.
 */
public final class TargetKey {
  private static final int SLUG_LENGTH = 60;
  private static final int HASH_DIGITS = 10;
  private static final Pattern UNFIT = Pattern.compile("[^a-z0-9._-]+");
  private static final Pattern EDGES = Pattern.compile("^[._-]+|[._-]+$");
  private static final Pattern DOTS = Pattern.compile("\\.{2,}");

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
    return ofIdentity(target, subpath, identity(target, ref, subpath, overrides));
  }

  /**
   * What tells two targets apart: the SHA-256 of all that makes the key, in hex.
   *
   * @param overrides as in {@link #of(CanonicalTarget, String, String, String)}
   */
  public static String identity(
      CanonicalTarget target, @Nullable String ref, @Nullable String subpath, String overrides) {
    return Sha256.ofText(
        String.join("\n", target.canonical(), orEmpty(ref), orEmpty(subpath), overrides));
  }

  /** The key of a target whose {@link #identity} is known. */
  public static String ofIdentity(
      CanonicalTarget target, @Nullable String subpath, String identity) {
    return slug(target, orEmpty(subpath)) + "-" + identity.substring(0, HASH_DIGITS);
  }

  private static String slug(CanonicalTarget target, String subpath) {
    String readable = String.join("-", orEmpty(target.owner()), target.name(), subpath);
    String slug = trim(UNFIT.matcher(readable.toLowerCase(Locale.ROOT)).replaceAll("-"));
    slug = trim(slug.length() > SLUG_LENGTH ? slug.substring(0, SLUG_LENGTH) : slug);
    return slug.isEmpty() ? "repository" : slug;
  }

  /** A key begins and ends its slug with a letter or a digit: never hidden, never an option. */
  private static String trim(String slug) {
    return DOTS.matcher(EDGES.matcher(slug).replaceAll("")).replaceAll(".");
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
