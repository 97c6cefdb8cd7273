package dev.repofleet.workflows;

/**
 * The beginning of a text, for places that hold only so much. Never cuts a character in two: half a
 * surrogate pair can't be written as JSON, and would block the workflow that tries.
 */
public final class Excerpt {

  /**
   * Most characters of a summary: the server refuses more than 400 bytes, a character has at most
   * three, and an activity's summary has a few words after it.
   */
  public static final int SUMMARY = 110;

  private Excerpt() {}

  /**
   * The text itself, or its beginning and an ellipsis.
   *
   * @param max most characters (UTF-16 units) of the result, at least 2
   */
  public static String of(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int end = max - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }
}
