package dev.repofleet.e2b;

/**
 * The size of a terminal in characters.
 *
 * @param columns 1 to 65535
 * @param rows 1 to 65535
 */
public record TerminalSize(int columns, int rows) {
  /** What terminals have been since the VT100. */
  public static final TerminalSize DEFAULT = new TerminalSize(80, 24);

  private static final int MAX = 65535;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a number is out of bounds
   */
  public TerminalSize {
    if (columns < 1 || columns > MAX || rows < 1 || rows > MAX) {
      throw new IllegalArgumentException(
          "a terminal has 1 to %d columns and rows, not %d x %d".formatted(MAX, columns, rows));
    }
  }

  EnvdWire.Pty wire() {
    return new EnvdWire.Pty(new EnvdWire.Size(columns, rows));
  }
}
