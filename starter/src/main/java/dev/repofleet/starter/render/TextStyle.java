package dev.repofleet.starter.render;

/**
 * How lines for people are dressed.
 *
 * @param width most columns of a line, at least 20
 * @param colours whether terminal escapes are written
 */
public record TextStyle(int width, boolean colours) {
  /** Of a pipe or a file: wide enough to leave nearly everything whole, bounded all the same. */
  public static final TextStyle PLAIN = new TextStyle(2000, false);

  /** Refuses a width that has no room for words. */
  public TextStyle {
    if (width < 20) {
      throw new IllegalArgumentException("a line of " + width + " characters has no room");
    }
  }

  /** A text in its colour. */
  public String dress(Tone tone, String text) {
    return colours && tone != Tone.PLAIN && !text.isEmpty()
        ? "\u001b[" + tone.code() + "m" + text + "\u001b[0m"
        : text;
  }
}
