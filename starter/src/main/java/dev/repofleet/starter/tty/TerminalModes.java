package dev.repofleet.starter.tty;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Knows which modes a program has switched a terminal to and not back (another screen, reports of
 * the mouse, a hidden cursor), from what it wrote, to undo them where it could not do so itself.
 * Thread-safe.
 */
public final class TerminalModes {
  private static final int CURSOR = 25;

  /**
   * Cursor keys, cursor, other screens, mouse, focus, bracketed paste: what makes a terminal
   * unusable for the next program.
   */
  private static final Set<Integer> KNOWN =
      Set.of(1, 9, CURSOR, 47, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1047, 1049, 2004);

  private static final int ESCAPE = 0x1b;

  /** More than any list of modes; longer ones are none. */
  private static final int LONGEST = 64;

  private final StringBuilder open = new StringBuilder();
  private final Set<Integer> changed = new TreeSet<>();

  /** Takes what the program wrote next; a sequence may be split anywhere. */
  public synchronized void see(byte[] bytes) {
    for (byte each : bytes) {
      see(each & 0xff);
    }
  }

  private void see(int character) {
    if (character == ESCAPE) {
      open.setLength(0);
      open.append((char) character);
    } else if (!open.isEmpty()) {
      open.append((char) character);
      int at = open.length() - 1;
      boolean part =
          at == 1
              ? character == '['
              : at == 2 ? character == '?' : Character.isDigit(character) || character == ';';
      if (!part && at > 2 && (character == 'h' || character == 'l')) {
        set(open.substring(3, at), character == 'h');
      }
      if (!part || at > LONGEST) {
        open.setLength(0);
      }
    }
  }

  private void set(String modes, boolean on) {
    Arrays.stream(modes.split(";", -1))
        .filter(mode -> mode.length() > 0 && mode.length() < 6)
        .map(Integer::valueOf)
        .filter(KNOWN::contains)
        .forEach(
            mode -> {
              // A cursor is there to begin with, all the others are off.
              if (on == (mode != CURSOR)) {
                changed.add(mode);
              } else {
                changed.remove(mode);
              }
            });
  }

  /** What has to be written for a usable terminal; empty when nothing is left switched. */
  public synchronized byte[] undo() {
    StringBuilder text = new StringBuilder();
    for (int mode : changed) {
      text.append("\u001b[?").append(mode).append(mode == CURSOR ? 'h' : 'l');
    }
    if (!text.isEmpty()) {
      // Colours and the keypad go the same way.
      text.append("\u001b[0m\u001b>");
    }
    changed.clear();
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
