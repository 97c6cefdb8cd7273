package dev.repofleet.starter.render;

import java.lang.Character.UnicodeScript;

/** How many columns of a terminal a text takes, and how it is made to fit into fewer. */
public final class TextColumns {
  private static final String CUT = "…";

  private TextColumns() {}

  /** Columns of a text without control characters. */
  public static int of(String text) {
    return text.codePoints().map(TextColumns::of).sum();
  }

  /** Marks lie over the letter before them; ideographs and pictures are two columns wide. */
  private static int of(int character) {
    if (character < 0x300) {
      return 1;
    }
    int type = Character.getType(character);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    return isWide(character) ? 2 : 1;
  }

  private static boolean isWide(int character) {
    if (character >= 0x1f300 && character <= 0x1faff) {
      return true;
    }
    if ((character >= 0x3000 && character <= 0x303e)
        || (character >= 0xff01 && character <= 0xff60)) {
      return true;
    }
    UnicodeScript script = UnicodeScript.of(character);
    return script == UnicodeScript.HAN
        || script == UnicodeScript.HIRAGANA
        || script == UnicodeScript.KATAKANA
        || script == UnicodeScript.HANGUL;
  }

  /** The beginning of a text, with an ellipsis where it was cut. */
  public static String head(String text, int columns) {
    if (of(text) <= columns) {
      return text;
    }
    StringBuilder head = new StringBuilder();
    int used = 1;
    for (int at = 0; at < text.length(); ) {
      int character = text.codePointAt(at);
      used += of(character);
      if (used > columns) {
        break;
      }
      head.appendCodePoint(character);
      at += Character.charCount(character);
    }
    return head.append(CUT).toString();
  }

  /** The end of a text, with an ellipsis where it was cut: of a path that is what tells most. */
  public static String tail(String text, int columns) {
    if (of(text) <= columns) {
      return text;
    }
    int used = 1;
    int from = text.length();
    while (from > 0) {
      int character = text.codePointBefore(from);
      used += of(character);
      if (used > columns) {
        break;
      }
      from -= Character.charCount(character);
    }
    return CUT + text.substring(from);
  }

  /** Filled up with spaces behind it. */
  static String left(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - of(text)));
  }

  /** Filled up with spaces before it. */
  static String right(String text, int columns) {
    return " ".repeat(Math.max(0, columns - of(text))) + text;
  }
}
