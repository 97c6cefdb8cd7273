package dev.repofleet.e2b;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A pattern for relative paths with slashes: {@code *} and {@code ?} within a name, {@code **} over
 * any number of folders, {@code [...]} one of some characters. Immutable.
 */
final class PathPattern {
  private final Pattern pattern;

  /** The path that it means; absent where it may mean several. */
  private final @Nullable String plain;

  private PathPattern(Pattern pattern, @Nullable String plain) {
    this.pattern = pattern;
    this.plain = plain;
  }

  /**
   * @throws IllegalArgumentException if a bracket is not closed or makes no sense
   */
  static PathPattern of(String glob) {
    try {
      boolean several = glob.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
      return new PathPattern(Pattern.compile(expression(glob)), several ? null : glob);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not a pattern for paths: " + glob, e);
    }
  }

  private static String expression(String glob) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < glob.length()) {
      int close = glob.charAt(at) == '[' ? glob.indexOf(']', at + 2) : -1;
      if (glob.startsWith("**/", at)) {
        out.append("(?:.*/)?");
        at += 3;
      } else if (glob.startsWith("**", at)) {
        out.append(".*");
        at += 2;
      } else if (close > 0) {
        out.append(set(glob.substring(at + 1, close)));
        at = close + 1;
      } else {
        out.append(one(glob.charAt(at)));
        at++;
      }
    }
    return "(?s)" + out;
  }

  private static String one(char c) {
    return switch (c) {
      case '*' -> "[^/]*";
      case '?' -> "[^/]";
      default -> Pattern.quote(String.valueOf(c));
    };
  }

  private static String set(String characters) {
    boolean not = characters.startsWith("!") || characters.startsWith("^");
    String some = not ? characters.substring(1) : characters;
    return (not ? "[^/" : "[") + some.replaceAll("[\\\\\\[\\]&^]", "\\\\$0") + "]";
  }

  /**
   * Whether what it means may lie in this folder: by names alone, and yes where it is a pattern.
   */
  boolean mayBeBelow(String folder) {
    return plain == null || plain.startsWith(folder + "/");
  }

  /** Whether it means this path or a folder that it is below of. */
  boolean covers(String path) {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (pattern.matcher(path.substring(0, end)).matches()) {
        return true;
      }
    }
    return false;
  }
}
