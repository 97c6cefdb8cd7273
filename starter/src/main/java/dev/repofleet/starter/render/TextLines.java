package dev.repofleet.starter.render;

import java.util.ArrayList;
import java.util.List;

/** Breaks a sentence into lines between its words. */
public final class TextLines {
  private static final String INDENT = "  ";

  private TextLines() {}

  /**
   * The lines, those after the first indented. A word that is longer than a line stays whole: an
   * address or a path must be copied in one piece.
   *
   * @param width most columns of a line
   */
  public static List<String> of(String sentence, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int used = 0;
    for (String word : sentence.split(" ", -1)) {
      int columns = TextColumns.of(word);
      if (used > INDENT.length() && used + 1 + columns > width) {
        lines.add(line.toString());
        line = new StringBuilder(INDENT);
        used = INDENT.length();
      } else if (!line.isEmpty()) {
        line.append(' ');
        used++;
      }
      line.append(word);
      used += columns;
    }
    lines.add(line.toString());
    return lines;
  }
}
