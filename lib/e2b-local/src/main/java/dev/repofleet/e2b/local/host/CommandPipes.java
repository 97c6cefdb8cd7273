package dev.repofleet.e2b.local.host;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The outputs of one command: named pipes, which end when the last process that holds them does,
 * and the supervisor's report about a signal.
 */
record CommandPipes(Path prefix, InputStream out, InputStream err) {
  private static final List<String> SUFFIXES = List.of(".out", ".err");

  /** A shell's word; what else is there a program wrote. */
  private static final int MAX_REPORT = 4096;

  /** Opens both for reading; blocks until the command's side opens them, or ends. */
  static CommandPipes open(Path prefix, Process entrance, Executor workers) throws IOException {
    AtomicBoolean opened = new AtomicBoolean();
    var unused = entrance.onExit().thenRunAsync(() -> release(prefix, opened), workers);
    InputStream out = new FileInputStream(prefix + ".out");
    try {
      InputStream err = new FileInputStream(prefix + ".err");
      opened.set(true);
      return new CommandPipes(prefix, out, err);
    } catch (IOException failed) {
      out.close();
      throw failed;
    }
  }

  /** Opening a pipe waits for its writer: an early end must not leave that waiting for ever. */
  private static void release(Path prefix, AtomicBoolean opened) {
    for (String suffix : SUFFIXES) {
      if (opened.get() || !Files.exists(Path.of(prefix + suffix))) {
        return;
      }
      try (RandomAccessFile both = new RandomAccessFile(prefix + suffix, "rw")) {
        both.getFD();
      } catch (IOException noPipe) {
        return;
      }
    }
  }

  /** What the supervisor's shell said about a signal; empty if there was none. */
  String report() {
    try (InputStream in = Files.newInputStream(Path.of(prefix + ".status"))) {
      return new String(in.readNBytes(MAX_REPORT), StandardCharsets.UTF_8);
    } catch (IOException gone) {
      return "";
    }
  }

  /** Removes the names; whoever holds the pipes goes on. */
  void delete() {
    for (String suffix : List.of(".out", ".err", ".status")) {
      try {
        Files.deleteIfExists(Path.of(prefix + suffix));
      } catch (IOException busy) {
        // It goes with the sandbox.
        return;
      }
    }
  }
}
