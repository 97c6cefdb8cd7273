package dev.repofleet.starter.report;

import org.jspecify.annotations.Nullable;

/** The beginning of a text, as it is otherwise. */
final class ShortText {
  private ShortText() {}

  /**
   * The text itself, or its beginning and an ellipsis; never half a character. Absent is empty.
   *
   * @param max most UTF-16 units, at least 2
   */
  static String of(@Nullable String text, int max) {
    if (text == null || text.length() <= max) {
      return text == null ? "" : text;
    }
    int end = Character.isHighSurrogate(text.charAt(max - 2)) ? max - 2 : max - 1;
    return text.substring(0, end) + "…";
  }
}
