package dev.repofleet.starter.sandboxes;

import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.RunningTerminal;
import dev.repofleet.e2b.TerminalSize;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes from a person's terminal to a shell elsewhere: keys in their order, as many at once as
 * have gathered while the keys before them were on their way, and the latest size. Thread-safe.
 */
final class TypedInput {
  /** More than anybody types, less than a pasted file; who pastes waits. */
  private static final int MOST = 1 << 20;

  private final ByteArrayOutputStream keys = new ByteArrayOutputStream();
  private @Nullable TerminalSize size;

  /** Takes keys; blocks while a mebibyte waits already. */
  synchronized void type(byte[] typed) throws InterruptedException {
    while (keys.size() >= MOST) {
      wait();
    }
    keys.writeBytes(typed);
    notifyAll();
  }

  /** Takes a size, in place of one that was not sent yet. */
  synchronized void resize(TerminalSize next) {
    size = next;
    notifyAll();
  }

  private synchronized void awaitWork() throws InterruptedException {
    while (keys.size() == 0 && size == null) {
      wait();
    }
  }

  private synchronized byte[] takeKeys() {
    byte[] taken = keys.toByteArray();
    keys.reset();
    notifyAll();
    return taken;
  }

  private synchronized @Nullable TerminalSize takeSize() {
    TerminalSize taken = size;
    size = null;
    return taken;
  }

  /**
   * Sends until the shell has ended or can't be reached; never returns otherwise.
   *
   * @param failed is told why it can't be reached; what was typed last may have arrived
   */
  void sendTo(RunningTerminal shell, Consumer<E2bException> failed) throws InterruptedException {
    try {
      while (true) {
        awaitWork();
        TerminalSize next = takeSize();
        if (next != null) {
          shell.resize(next);
        }
        shell.write(takeKeys());
      }
    } catch (NotFoundException ended) {
      // Its stream tells how.
      return;
    } catch (E2bException e) {
      failed.accept(e);
    }
  }
}
