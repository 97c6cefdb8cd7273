package dev.repofleet.starter.render;

/**
 * How lines for people are dressed.
 *
 * @param width most characters of a line, at least 20
 * @param colours whether terminal escapes are written
 */
public record TextStyle(int width, boolean colours) {
  /** Of a pipe or a file: wide enough to leave nearly everything whole, bounded all the same. */
  public static final TextStyle PLAIN = new TextStyle(2000, false);

  private static final String RESET = "\u001b[0m";

  /** Refuses a width that has no room for words. */
  public TextStyle {
    if (width < 20) {
      throw new IllegalArgumentException("a line of " + width + " characters has no room");
    }
  }

  /** A heading. */
  String strong(String text) {
    return colours ? "\u001b[1m" + text + RESET : text;
  }

  /** What is looked at second. */
  String faint(String text) {
    return colours ? "\u001b[2m" + text + RESET : text;
  }

  /** What went wrong. */
  String alarming(String text) {
    return colours ? "\u001b[31m" + text + RESET : text;
  }
}
