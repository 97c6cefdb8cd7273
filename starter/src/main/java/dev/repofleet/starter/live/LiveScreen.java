package dev.repofleet.starter.live;

import dev.repofleet.starter.render.TextColumns;
import java.io.PrintWriter;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A block of lines at the end of a terminal's output that is drawn again in its place; what is said
 * meanwhile stands above it and stays. Uses ECMA-48: cursor up (CUU), erase below (ED). For one
 * thread.
 */
final class LiveScreen {
  private static final Pattern ESCAPE = Pattern.compile("\u001b\\[[0-9;]*m");

  private final PrintWriter out;
  private List<String> drawn = List.of();

  LiveScreen(PrintWriter out) {
    this.out = out;
  }

  /**
   * Draws the block in place of the one before.
   *
   * @param lines each narrower than the terminal, fewer than it has rows
   * @param columns of the terminal now: it may have become narrower, and lines taller with it
   */
  void draw(List<String> lines, int columns) {
    StringBuilder text = new StringBuilder(erasing(columns));
    lines.forEach(line -> text.append(line).append('\n'));
    drawn = List.copyOf(lines);
    write(text);
  }

  /** Says something above the block. */
  void say(String line, int columns) {
    String block = drawn.isEmpty() ? "" : String.join("\n", drawn) + "\n";
    write(erasing(columns) + line + "\n" + block);
  }

  /** Takes the block away. */
  void erase(int columns) {
    String erasing = erasing(columns);
    drawn = List.of();
    write(erasing);
  }

  private String erasing(int columns) {
    int rows = 0;
    for (String line : drawn) {
      int width = TextColumns.of(ESCAPE.matcher(line).replaceAll(""));
      rows += 1 + Math.max(0, width - 1) / columns;
    }
    return rows == 0 ? "" : "\r\u001b[" + rows + "A\u001b[J";
  }

  /** In one piece: half a block would flicker. */
  private void write(CharSequence text) {
    out.print(text);
    out.flush();
  }
}
