package dev.repofleet.fuzz;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Gives a reader samples of what it reads, first as they are and then spoilt, and fails with the
 * seed of the input that it did not stand: by throwing, by reading on and on, or by taking memory
 * without measure. Immutable; a run blocks.
 *
 * <p>The inputs are the same in each run. {@code -Drepofleet.fuzz.seconds=60} goes on for so long
 * in place of the usual number of inputs, {@code -Drepofleet.fuzz.seed=S} begins with the input of
 * that seed.
 */
public final class Fuzz {
  /** The usual number of inputs: some tenths of a second for most readers. */
  private static final int INPUTS = 120;

  /** A thousand times what an input takes; a machine that is busy is no hang. */
  private static final long MOST_SECONDS = 20;

  /** What a reader may allocate for an input of at most {@link Mutations#MAX_BYTES}. */
  private static final long MOST_ALLOCATED = 512L << 20;

  private static final int SHOWN = 300;

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<byte[]> samples;
  private final int inputs;
  private final long mostAllocated;

  private Fuzz(List<byte[]> samples, int inputs, long mostAllocated) {
    this.samples = samples;
    this.inputs = inputs;
    this.mostAllocated = mostAllocated;
  }

  /** Of these samples, each good input of its own. */
  public static Fuzz of(String... samples) {
    return new Fuzz(
        Arrays.stream(samples).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList(),
        INPUTS,
        MOST_ALLOCATED);
  }

  /** As above, of what is no text. */
  public static Fuzz ofBytes(byte[]... samples) {
    return new Fuzz(Arrays.stream(samples).map(byte[]::clone).toList(), INPUTS, MOST_ALLOCATED);
  }

  /** The same with fewer inputs in place of the usual number, for a reader that takes its time. */
  public Fuzz withInputs(int fewer) {
    return new Fuzz(samples, fewer, mostAllocated);
  }

  /** The same with another bound of what a reader may allocate for an input. */
  Fuzz withMostAllocated(long bytes) {
    return new Fuzz(samples, inputs, bytes);
  }

  /** A reader and what must hold of it. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads one input.
     *
     * @throws Exception or an error when the reader did not stand it
     */
    void read(byte[] input) throws Exception;
  }

  /** As {@link Reader}, of text; bytes that are not UTF-8 come as replacement characters. */
  @FunctionalInterface
  public interface TextReader {
    /** Reads one input; throws as {@link Reader#read} does. */
    void read(String input) throws Exception;
  }

  /** Runs a reader of text. */
  public void text(TextReader reader) {
    bytes(input -> reader.read(new String(input, StandardCharsets.UTF_8)));
  }

  /**
   * Runs a reader.
   *
   * @throws AssertionError that names the seed of the first input it did not stand
   */
  public void bytes(Reader reader) {
    Run run = new Run(this, reader);
    FutureTask<Long> task = new FutureTask<>(run::all);
    Thread thread = new Thread(task, "fuzz");
    thread.setDaemon(true);
    thread.start();
    while (true) {
      Input looked = run.current;
      try {
        long inputs = task.get(MOST_SECONDS, TimeUnit.SECONDS);
        if (Run.LONG > 0) {
          System.out.printf(
              "%,d inputs in %d s; the slowest, %s, took %d ms%n",
              inputs, Run.LONG, run.slowest, run.most / 1_000_000);
        }
        return;
      } catch (TimeoutException e) {
        if (looked != null && looked == run.current) {
          AssertionError hang = looked.failure("is still read after " + MOST_SECONDS + " s", e);
          hang.setStackTrace(thread.getStackTrace());
          throw hang;
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof AssertionError failure) {
          throw failure;
        }
        throw new AssertionError(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  /** One run over many inputs. */
  private static final class Run {
    static final long LONG = Long.getLong("repofleet.fuzz.seconds", 0);

    private final Fuzz fuzz;
    private final Reader reader;
    private volatile @Nullable Input current;

    /** Nanoseconds of the processor; read when the run has ended, as the name is. */
    private long most;

    private String slowest = "";

    Run(Fuzz fuzz, Reader reader) {
      this.fuzz = fuzz;
      this.reader = reader;
    }

    long all() {
      for (byte[] sample : fuzz.samples) {
        read(new Input("a sample as it is", sample));
      }
      Mutations mutations = new Mutations(fuzz.samples);
      long seed = Long.getLong("repofleet.fuzz.seed", 1);
      long begin = System.nanoTime();
      long done = 0;
      while (LONG > 0 ? System.nanoTime() - begin < LONG * 1_000_000_000 : done < fuzz.inputs) {
        read(
            new Input(
                "the input of -Drepofleet.fuzz.seed=" + (seed + done),
                mutations.input(seed + done)));
        done++;
      }
      return done;
    }

    private void read(Input input) {
      current = input;
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long begin = THREADS.getCurrentThreadCpuTime();
      try {
        reader.read(input.bytes.clone());
      } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError e) {
        throw input.failure("ends with " + e, e);
      }
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      long took = THREADS.getCurrentThreadCpuTime() - begin;
      if (took > most) {
        most = took;
        slowest = input.name;
      }
      if (allocated > fuzz.mostAllocated) {
        throw input.failure("takes " + (allocated >> 20) + " MiB of memory", null);
      }
    }
  }

  /** An input and how to make it again. */
  private static final class Input {
    private final String name;
    private final byte[] bytes;

    Input(String name, byte[] bytes) {
      this.name = name;
      this.bytes = bytes;
    }

    AssertionError failure(String what, @Nullable Throwable cause) {
      return new AssertionError(
          "%s, of %d bytes, %s%nit begins with %s"
              .formatted(
                  name,
                  bytes.length,
                  what,
                  Base64.getEncoder()
                      .encodeToString(Arrays.copyOf(bytes, Math.min(bytes.length, SHOWN)))),
          cause);
    }
  }
}
