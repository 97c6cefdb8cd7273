package dev.repofleet.starter.tty;

import dev.repofleet.e2b.TerminalSize;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The terminal of this process, with every key as a byte and none that acts on this process: Ctrl-C
 * is a 3. While it is open nothing turns {@code \n} into the beginning of a line.
 *
 * <p>A shell with {@code stty} holds the settings of before and puts them back when its input ends:
 * on {@link #close()}, and also when this process is killed, which no library within it could do.
 * The kernel tells that shell of resizes (SIGWINCH); Java has no interface to be told.
 *
 * <p>Thread-safe. Whoever opens it closes it.
 */
public final class RawTerminal implements AutoCloseable {
  /** Longer than {@code stty} ever takes. */
  private static final int CLOSE_SECONDS = 3;

  private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})");

  /**
   * Says the size, once now and at each change. Its input is read by {@code cat}, as {@code wait}
   * is what signals interrupt in every shell. A status above 128 with the reader alive is such an
   * interruption. Bash forgets a signal that comes while it obeys one of its kind, so that each is
   * obeyed again a second later.
   */
  private static final String HOLDER =
      """
      trap '' HUP INT QUIT TERM TSTP TTOU
      saved=$(stty -g </dev/tty) || exit 1
      exec 3<&0
      cat <&3 >/dev/null &
      reader=$!
      trap 'stty size </dev/tty; { sleep 1; stty size </dev/tty; } &' WINCH
      stty raw -echo </dev/tty && stty size </dev/tty || kill -9 "$reader"
      while wait "$reader"; [ $? -gt 128 ] && kill -0 "$reader" 2>/dev/null; do :; done
      stty "$saved" </dev/tty
      """;

  private final Process holder;
  private final BufferedReader sizes;
  private volatile TerminalSize size;

  private RawTerminal(Process holder, BufferedReader sizes, TerminalSize size) {
    this.holder = holder;
    this.sizes = sizes;
    this.size = size;
  }

  /** Whether standard input is a terminal. */
  public static boolean inputIsTerminal() {
    try {
      Process test =
          new ProcessBuilder("sh", "-c", "test -t 0 && test -c /dev/tty")
              .redirectInput(Redirect.INHERIT)
              .start();
      return test.waitFor() == 0;
    } catch (IOException e) {
      // No shell, no terminal to speak of.
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Takes the terminal; blocks for some milliseconds.
   *
   * @throws IOException if there is none, or its settings can't be changed; they are as before then
   */
  public static RawTerminal open() throws IOException {
    Process holder = new ProcessBuilder("sh", "-c", HOLDER).redirectError(Redirect.DISCARD).start();
    BufferedReader sizes =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.US_ASCII));
    String first = sizes.readLine();
    if (first == null) {
      holder.getOutputStream().close();
      throw new IOException("the terminal can't be given to a program: stty failed on /dev/tty");
    }
    return new RawTerminal(holder, sizes, size(first));
  }

  /** One that does not know its size says 0. */
  private static TerminalSize size(String line) {
    Matcher numbers = SIZE.matcher(line);
    int rows = numbers.matches() ? Integer.parseInt(numbers.group(1)) : 0;
    int columns = rows == 0 ? 0 : Integer.parseInt(numbers.group(2));
    return rows < 1 || columns < 1 || rows > 65535 || columns > 65535
        ? TerminalSize.DEFAULT
        : new TerminalSize(columns, rows);
  }

  /** The size it has now. */
  public TerminalSize size() {
    return size;
  }

  /** Tells each new size, on the calling thread, until the terminal is closed. */
  public void follow(Consumer<TerminalSize> listener) {
    try {
      for (String line = sizes.readLine(); line != null; line = sizes.readLine()) {
        TerminalSize next = size(line);
        if (!next.equals(size)) {
          size = next;
          listener.accept(next);
        }
      }
    } catch (IOException closed) {
      // No more sizes are of interest.
      return;
    }
  }

  /** Gives the terminal back as it was. Blocks for some milliseconds, at most 3 s; idempotent. */
  @Override
  public void close() {
    try (OutputStream end = holder.getOutputStream()) {
      end.flush();
    } catch (IOException ended) {
      // The shell has ended, and put everything back before.
      return;
    }
    try {
      if (!holder.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        holder.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
