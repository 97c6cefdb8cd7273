package dev.repofleet.starter.tty;

import java.io.ByteArrayOutputStream;

/**
 * Finds the way out among what is typed: {@code ~.} at the beginning of a line, as in ssh, for a
 * shell that does not answer any more. {@code ~~} there is one {@code ~}. For one thread.
 */
public final class EscapeKeys {
  private enum State {
    LINE_BEGINS,
    TILDE,
    WITHIN_LINE,
    LEFT
  }

  private State state = State.LINE_BEGINS;

  /** Takes the first bytes that were typed; gives back those that are meant for the shell. */
  public byte[] pass(byte[] typed, int length) {
    ByteArrayOutputStream meant = new ByteArrayOutputStream(length + 1);
    for (int at = 0; at < length && state != State.LEFT; at++) {
      pass(typed[at], meant);
    }
    return meant.toByteArray();
  }

  private void pass(byte key, ByteArrayOutputStream meant) {
    if (state == State.TILDE) {
      if (key == '.') {
        state = State.LEFT;
        return;
      }
      if (key != '~') {
        meant.write('~');
      }
    } else if (state == State.LINE_BEGINS && key == '~') {
      state = State.TILDE;
      return;
    }
    meant.write(key);
    state = key == '\r' || key == '\n' ? State.LINE_BEGINS : State.WITHIN_LINE;
  }

  /** Whether the way out was typed: nothing after it is passed on. */
  public boolean left() {
    return state == State.LEFT;
  }
}
