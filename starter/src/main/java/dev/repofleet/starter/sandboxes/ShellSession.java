package dev.repofleet.starter.sandboxes;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandExit;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Pty;
import dev.repofleet.e2b.RunningTerminal;
import dev.repofleet.starter.tty.EscapeKeys;
import dev.repofleet.starter.tty.RawTerminal;
import dev.repofleet.starter.tty.TerminalModes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A person's terminal and a shell in a sandbox, tied together until one of them ends. For one run.
 *
 * <p>Keys are read, sent and answered on threads of their own: a sandbox that does not take what is
 * typed keeps nobody from leaving.
 */
final class ShellSession {
  private static final Duration FOR_EVER = Duration.ofDays(365);
  private static final int KEYS = 8 << 10;

  private final InputStream keyboard;
  private final OutputStream screen;
  private final TerminalModes modes = new TerminalModes();
  private final TypedInput typed = new TypedInput();
  private final CompletableFuture<Ending> over = new CompletableFuture<>();

  /**
   * How it ended.
   *
   * @param exit of the shell; absent when it may still run
   * @param failure why it can't be reached any more; absent too when the person left it
   */
  record Ending(@Nullable CommandExit exit, @Nullable E2bException failure) {
    private static final Ending LEFT = new Ending(null, null);
  }

  /**
   * A session.
   *
   * @param keyboard blocks until something is typed
   * @param screen shows bytes at once
   */
  ShellSession(InputStream keyboard, OutputStream screen) {
    this.keyboard = keyboard;
    this.screen = screen;
  }

  /**
   * Runs a program until it ends, can't be reached any more, or {@link #leave} is called. Blocks;
   * the terminal is as before afterwards. A program that did not end is ended, if it can be.
   *
   * @throws IOException if there is no terminal
   * @throws E2bException if the program did not start
   */
  Ending run(Pty pty, Command program) throws IOException, InterruptedException {
    try (RawTerminal terminal = RawTerminal.open();
        RunningTerminal shell = pty.start(program, terminal.size(), this::show)) {
      begin("shell-end", () -> over.complete(awaitEnd(shell)));
      begin("shell-size", () -> terminal.follow(typed::resize));
      begin("shell-keys", this::read);
      begin("shell-input", () -> typed.sendTo(shell, this::fail));
      Ending ending = over.get();
      if (ending.exit() == null) {
        end(shell);
      }
      return ending;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException("it never ends exceptionally", impossible);
    } finally {
      undoModes();
    }
  }

  /** Ends it without waiting for the shell; from any thread. */
  void leave() {
    over.complete(Ending.LEFT);
  }

  private void fail(E2bException failure) {
    over.complete(new Ending(null, failure));
  }

  /** Both what shows it and what ends it may be gone: then there is nothing to be done. */
  private static void end(RunningTerminal shell) {
    try {
      shell.kill();
    } catch (E2bException gone) {
      return;
    }
  }

  private static Ending awaitEnd(RunningTerminal shell) {
    try {
      return new Ending(shell.awaitExit(FOR_EVER).orElse(null), null);
    } catch (E2bException e) {
      return new Ending(null, e);
    } catch (IllegalStateException closed) {
      return Ending.LEFT;
    }
  }

  private void show(byte[] bytes) {
    modes.see(bytes);
    try {
      screen.write(bytes);
      screen.flush();
    } catch (IOException e) {
      // The terminal is gone, and with it whom this is for.
      leave();
      throw new UncheckedIOException(e);
    }
  }

  private void undoModes() {
    try {
      screen.write(modes.undo());
      screen.flush();
    } catch (IOException gone) {
      return;
    }
  }

  private void read() throws InterruptedException {
    EscapeKeys escape = new EscapeKeys();
    byte[] keys = new byte[KEYS];
    try {
      int length = keyboard.read(keys);
      while (length >= 0 && !escape.left()) {
        typed.type(escape.pass(keys, length));
        length = escape.left() ? -1 : keyboard.read(keys);
      }
      leave();
    } catch (IOException gone) {
      leave();
    }
  }

  private interface Task {
    void run() throws InterruptedException;
  }

  private static void begin(String name, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "repofleet-" + name);
    thread.setDaemon(true);
    thread.start();
  }
}
