package dev.repofleet.starter;

import org.jspecify.annotations.Nullable;

/**
 * Text of strangers (names, titles, messages of a repository or an agent) made fit for a terminal
 * and for one line of a file: no control, invisible or direction-changing characters, white space
 * folded.
 */
public final class PlainText {
  private PlainText() {}

  /** The text on one line; absent gives an empty text. */
  public static String of(@Nullable String text) {
    if (text == null) {
      return "";
    }
    StringBuilder plain = new StringBuilder(text.length());
    boolean gap = false;
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      i += Character.charCount(character);
      if (Character.isWhitespace(character) || Character.isSpaceChar(character)) {
        gap = !plain.isEmpty();
      } else if (isVisible(character)) {
        if (gap) {
          plain.append(' ');
        }
        gap = false;
        plain.appendCodePoint(character);
      }
    }
    return plain.toString();
  }

  /**
   * As {@link #of(String)}, shortened with an ellipsis.
   *
   * @param max most characters (code points), at least 1
   */
  public static String of(@Nullable String text, int max) {
    String plain = of(text);
    if (plain.codePointCount(0, plain.length()) <= max) {
      return plain;
    }
    return plain.substring(0, plain.offsetByCodePoints(0, max - 1)) + "…";
  }

  /** Whether a character can stand in a text of strangers without doing anything but be seen. */
  public static boolean isVisible(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
