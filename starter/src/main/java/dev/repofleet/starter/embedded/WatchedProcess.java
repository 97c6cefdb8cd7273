package dev.repofleet.starter.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server process that lives no longer than this one. Thread-safe.
 *
 * <p>It is started in a session of its own, so that Ctrl-C on the terminal reaches this process
 * alone, which then ends its servers in order. Where {@code setpriv} of util-linux is there, the
 * kernel kills it when this process dies, however that happens; elsewhere a {@code kill -9} of this
 * process leaves it running. The kernel watches the <em>thread</em> that started it, which is why a
 * thread of its own starts it and waits for its end.
 */
final class WatchedProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedProcess.class);

  /** A dev server that gets SIGTERM is gone after one second. */
  private static final Duration TERM_GRACE = Duration.ofSeconds(6);

  private static final Duration KILL_GRACE = Duration.ofSeconds(2);
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final CompletableFuture<Process> started = new CompletableFuture<>();
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private volatile boolean announceEnd;

  private WatchedProcess(String name) {
    this.name = name;
  }

  /**
   * Starts it and returns as soon as it runs.
   *
   * @param name for threads and logs
   * @param environment beside this process's own
   * @param output gets both of its output streams, appended
   * @throws IOException when the program can't be started
   */
  static WatchedProcess start(
      String name, List<String> command, Map<String, String> environment, Path output)
      throws IOException {
    List<String> whole = new ArrayList<>(leash(environment));
    whole.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(whole)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().putAll(environment);
    WatchedProcess watched = new WatchedProcess(name);
    Thread thread = new Thread(() -> watched.live(builder), "repofleet-" + name);
    thread.setDaemon(true);
    thread.start();
    try {
      watched.started.get();
      return watched;
    } catch (ExecutionException e) {
      throw new IOException(name + " can't be started: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      watched.close();
      throw new IOException("interrupted while starting " + name, e);
    }
  }

  /** What stands before the command; both programs replace themselves by what they start. */
  private static List<String> leash(Map<String, String> environment) {
    List<String> words = new ArrayList<>();
    if (Executables.onPath("setsid", environment).isPresent()) {
      words.add("setsid");
    }
    boolean deathSignal =
        Executables.onPath("setpriv", environment).isPresent()
            && ShortCommand.of(PROBE_TIMEOUT, "setpriv", "--pdeathsig", "KILL", "true")
                .run()
                .succeeded();
    if (deathSignal) {
      words.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
    }
    return words;
  }

  private void live(ProcessBuilder builder) {
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      started.completeExceptionally(e);
      ended.complete(-1);
      return;
    }
    started.complete(process);
    int code = -1;
    try {
      code = process.waitFor();
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; if someone does, the process must not outlive it unseen.
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    if (announceEnd) {
      LOG.error("{} (pid {}) ended by itself with exit code {}", name, process.pid(), code);
    }
    ended.complete(code);
  }

  /** From now on an end that nobody asked for is logged. */
  void announceUnexpectedEnd() {
    announceEnd = true;
  }

  /** Its process id. */
  long pid() {
    return started.join().pid();
  }

  boolean isAlive() {
    return !ended.isDone();
  }

  /** Completes with the exit code when the process has ended, for whatever reason. */
  CompletableFuture<Integer> ended() {
    return ended.copy();
  }

  /** Ends it: SIGTERM, and SIGKILL after six seconds. Blocks until it is gone. */
  @Override
  public void close() {
    announceEnd = false;
    if (started.isCompletedExceptionally()) {
      return;
    }
    Process process = started.join();
    process.destroy();
    if (!waitFor(TERM_GRACE)) {
      LOG.warn("{} (pid {}) ignores SIGTERM: killing it", name, process.pid());
      process.destroyForcibly();
      waitFor(KILL_GRACE);
    }
  }

  private boolean waitFor(Duration time) {
    try {
      ended.get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of " + name + " never fails", e);
    }
  }
}
