package dev.repofleet.artifacts;

import java.util.regex.Pattern;

/**
 * A pointer to one artifact and what it must contain; immutable.
 *
 * @param uri {@code artifact:<path relative to the store>}, the same on every host
 * @param sha256 of the content, 64 lower-case hex digits
 * @param size in bytes
 */
public record ArtifactRef(String uri, String sha256, long size) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** Refuses a malformed URI, a hash that is not SHA-256 in hex, and a negative size. */
  public ArtifactRef {
    ArtifactUri.path(Parts.text(uri, "uri"));
    requireSha256(Parts.text(sha256, "sha256"));
    Parts.notNegative(size, "size");
  }

  /**
   * Refuses what is no SHA-256 in lower-case hex.
   *
   * @throws IllegalArgumentException then
   */
  public static void requireSha256(String sha256) {
    if (!SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("sha256 must be 64 lower-case hex digits: " + sha256);
    }
  }
}
