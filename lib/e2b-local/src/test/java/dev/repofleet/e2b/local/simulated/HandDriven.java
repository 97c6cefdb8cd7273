package dev.repofleet.e2b.local.simulated;

import dev.repofleet.e2b.local.Awaiting;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A machine for one test, and what its processes said. */
final class HandDriven implements AutoCloseable {
  final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  final SimulatedMachine machine;

  HandDriven(Simulation simulation) {
    this.machine = new SimulatedMachine(simulation.allPrograms(true), Instant::now, timers);
  }

  /** What a process said and how it ended. */
  static final class Said implements ProcessOutput {
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();
    private String end = "";

    @Override
    public synchronized void out(byte[] bytes) {
      out.append(new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void err(byte[] bytes) {
      err.append(new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void ended(int code, boolean signalled) {
      end = signalled ? "signal " + code : Integer.toString(code);
      notifyAll();
    }

    synchronized String out() {
      return out.toString();
    }

    synchronized String err() {
      return err.toString();
    }

    /** Empty while it runs. */
    synchronized String end() {
      return end;
    }

    /** Waits for the end. */
    synchronized String awaitEnd() throws InterruptedException {
      long begin = System.nanoTime();
      while (end.isEmpty()) {
        long left = Awaiting.LONG.minusNanos(System.nanoTime() - begin).toMillis();
        if (left <= 0) {
          throw new AssertionError(
              "no end within " + Awaiting.LONG.toSeconds() + " s; said " + out + err);
        }
        wait(left);
      }
      return end;
    }
  }

  Said start(String user, Map<String, String> environment, String... argv) {
    Said said = new Said();
    startProcess(user, environment, said, argv);
    return said;
  }

  SimulatedProcess startProcess(
      String user, Map<String, String> environment, Said said, String... argv) {
    String home = user.equals("root") ? "/root" : "/home/user";
    Map<String, String> all = new LinkedHashMap<>(Map.of("HOME", home));
    all.putAll(environment);
    return machine.start(new ProcessStart(List.of(argv), all, user, home, ""), said);
  }

  Said shell(String script) {
    return start("root", Map.of(), "/bin/sh", "-c", script);
  }

  @Override
  public void close() {
    timers.shutdownNow();
  }
}
