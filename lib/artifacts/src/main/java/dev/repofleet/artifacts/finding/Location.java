package dev.repofleet.artifacts.finding;

import dev.repofleet.artifacts.Parts;
import org.jspecify.annotations.Nullable;

/**
 * A place in the reviewed commit.
 *
 * @param path relative to the repository's root, with {@code /}
 * @param startLine from 1
 * @param startColumn from 1, in UTF-16 code units
 * @param endLine from 1, not before the start
 * @param endColumn from 1, behind the last character
 * @param role what the place has to do with the finding; default primary
 * @param snippetHash SHA-256 of the lines, in hex
 * @param excerpt the lines with some around them; absent when nobody took it
 */
public record Location(
    String path,
    int startLine,
    @Nullable Integer startColumn,
    int endLine,
    @Nullable Integer endColumn,
    LocationRole role,
    @Nullable String snippetHash,
    @Nullable CodeExcerpt excerpt) {
  /** Refuses an empty path and lines out of order. */
  public Location {
    Parts.text(path, "path of a location");
    Parts.positive(startLine, "startLine in " + path);
    if (endLine < startLine) {
      throw new IllegalArgumentException(
          "endLine " + endLine + " is before startLine " + startLine + " in " + path);
    }
    role = role == null ? LocationRole.PRIMARY : role;
  }

  /** Whole lines of a file: the primary place. */
  public static Location lines(String path, int startLine, int endLine) {
    return new Location(path, startLine, null, endLine, null, LocationRole.PRIMARY, null, null);
  }

  /** The same with what its lines are known by. */
  public Location withSnippetHash(String hash) {
    return new Location(path, startLine, startColumn, endLine, endColumn, role, hash, excerpt);
  }

  /** The same with its first and its last column. */
  public Location withColumns(int first, int last) {
    return new Location(path, startLine, first, endLine, last, role, snippetHash, excerpt);
  }

  /** The same without the code around it. */
  public Location withoutExcerpt() {
    return new Location(path, startLine, startColumn, endLine, endColumn, role, snippetHash, null);
  }

  /** The same with the code around it. */
  public Location withExcerpt(CodeExcerpt taken) {
    return new Location(path, startLine, startColumn, endLine, endColumn, role, snippetHash, taken);
  }
}
