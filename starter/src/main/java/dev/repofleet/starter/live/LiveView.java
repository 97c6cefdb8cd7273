package dev.repofleet.starter.live;

import dev.repofleet.starter.command.TerminalSize;
import dev.repofleet.starter.command.TerminalStyle;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Draws a batch on a terminal, again and again in the same place, until it is closed. For one
 * thread.
 */
public final class LiveView {
  private final LiveBatch batch;
  private final LiveScreen screen;
  private final Map<String, String> environment;
  private final Supplier<TerminalSize> terminal;
  private final Clock clock;
  private Instant begun;

  /**
   * A view; nothing is drawn yet.
   *
   * @param out of the terminal
   * @param environment decides on colours
   * @param terminal its size now: it is asked at each drawing
   */
  public LiveView(
      LiveBatch batch,
      PrintWriter out,
      Map<String, String> environment,
      Supplier<TerminalSize> terminal,
      Clock clock) {
    this.batch = batch;
    this.screen = new LiveScreen(out);
    this.environment = Map.copyOf(environment);
    this.terminal = terminal;
    this.clock = clock;
    this.begun = clock.instant();
  }

  /** What is drawn. */
  public LiveBatch batch() {
    return batch;
  }

  /** When the batch began, which may be long before it is watched. */
  public void begunAt(Instant at) {
    begun = at;
  }

  /** Draws it as it is now. */
  public void draw() {
    TerminalSize size = terminal.get();
    // The last column stays free: a terminal may break the line once it is filled.
    LiveTable table =
        new LiveTable(
            batch,
            TerminalStyle.on(environment, size.columns() - 1),
            size.rows(),
            clock.instant(),
            begun);
    screen.draw(table.lines(), size.columns());
  }

  /** Says something above what is drawn. */
  public void say(String line) {
    screen.say(line, terminal.get().columns());
  }

  /** Takes away what is drawn. */
  public void end() {
    screen.erase(terminal.get().columns());
  }
}
