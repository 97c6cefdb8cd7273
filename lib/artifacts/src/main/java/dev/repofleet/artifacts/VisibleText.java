package dev.repofleet.artifacts;

/** Which characters of a text of strangers do nothing but be seen. Stateless. */
public final class VisibleText {
  private static final int DELETE = 0x7f;

  private VisibleText() {}

  /**
   * False for what acts on a terminal or a reader, or is seen by nobody: control and formatting
   * characters (those that turn the direction of writing among them), separators of lines and
   * paragraphs, halves of a pair, private and unassigned ones.
   */
  public static boolean isVisible(int character) {
    if (character >= ' ' && character < DELETE) {
      return true;
    }
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
