package dev.repofleet.starter;

import dev.repofleet.artifacts.VisibleText;
import java.util.Locale;
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
      } else if (VisibleText.isVisible(character)) {
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

  /**
   * JSON that says the same and in which nothing acts on a terminal or a page: invisible characters
   * but line ends, which stand between values only, are escaped.
   */
  public static String inJson(String json) {
    StringBuilder safe = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            character -> {
              if (character == '\n' || VisibleText.isVisible(character)) {
                safe.appendCodePoint(character);
              } else {
                for (char unit : Character.toChars(character)) {
                  safe.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
              }
            });
    return safe.toString();
  }
}
