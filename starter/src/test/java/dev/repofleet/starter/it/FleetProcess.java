package dev.repofleet.starter.it;

import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One process of the program, its output in files that stay in {@code target/it}. */
public final class FleetProcess implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(25);
  private static final int TAIL = 4_000;

  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;

  public FleetProcess(String name, Process process, Path out, Path err) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its standard output so far. */
  public String out() {
    return read(out);
  }

  /** Its standard error so far. */
  public String err() {
    return read(err);
  }

  /** Blocks until its output has what the pattern finds. */
  public Matcher awaitOut(Pattern pattern, Duration atMost) {
    return await(out, pattern, atMost);
  }

  /** Blocks until its standard error has what the pattern finds. */
  public Matcher awaitErr(Pattern pattern, Duration atMost) {
    return await(err, pattern, atMost);
  }

  private Matcher await(Path file, Pattern pattern, Duration atMost) {
    Waiting.until(
        name + " says " + pattern,
        atMost,
        () -> {
          if (!process.isAlive() && !pattern.matcher(read(file)).find()) {
            throw new AssertionError(name + " ended before it said " + pattern + tail());
          }
          return pattern.matcher(read(file)).find();
        });
    Matcher found = pattern.matcher(read(file));
    if (!found.find()) {
      throw new AssertionError(file + " was shortened");
    }
    return found;
  }

  /** Its exit code; fails the test when it does not end. */
  public int awaitExit(Duration atMost) {
    try {
      if (process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError(name + " has not ended after " + atMost.toSeconds() + " s" + tail());
  }

  /** SIGTERM, without waiting. */
  public void terminate() {
    process.destroy();
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(Waiting.LONG);
  }

  /** SIGINT, as Ctrl-C sends it. */
  public void interrupt() {
    signal("INT");
  }

  /** SIGSTOP: it stands still, and its connections stay open. */
  public void stop() {
    signal("STOP");
  }

  /** SIGCONT: it goes on as if nothing had been. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** What it said last, for messages. */
  public String tail() {
    return "\n--- stdout\n" + last(out()) + "\n--- stderr\n" + last(err());
  }

  /** SIGTERM, and SIGKILL to it and what it started when that does not help. */
  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    if (process.isAlive()) {
      resume();
    }
    try {
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private static String last(String text) {
    return text.substring(Math.max(0, text.length() - TAIL));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
