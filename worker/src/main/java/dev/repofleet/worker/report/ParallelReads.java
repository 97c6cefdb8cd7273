package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Reads many small files of a store at once: on a remote one each takes a round trip of some 25 ms,
 * so that 10,000 of them would take four minutes one after another. For one thread; closed by its
 * owner.
 */
final class ParallelReads implements AutoCloseable {
  private static final int AT_ONCE = 16;

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          AT_ONCE,
          task -> {
            Thread thread = new Thread(task, "repofleet-report");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * What was read of each, in their order; blocks until all are read.
   *
   * @throws RuntimeException what the first of them threw
   */
  <T, R> List<R> of(List<T> all, Function<T, R> read) {
    List<Callable<R>> calls = all.stream().map(one -> (Callable<R>) () -> read.apply(one)).toList();
    try {
      return threads.invokeAll(calls).stream().map(ParallelReads::result).toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ArtifactException("interrupted while results were read", e);
    }
  }

  private static <R> R result(Future<R> ended) {
    try {
      return ended.get();
    } catch (InterruptedException e) {
      throw new IllegalStateException("all have ended", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new ArtifactException("a result can't be read: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
