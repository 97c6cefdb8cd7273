package dev.repofleet.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.OutputListener;
import dev.repofleet.e2b.RunningCommand;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * This client's side of the {@link ClientBench}: does what client.mjs does, says it as one line.
 */
final class JavaSide {
  private static final int FLOOD = 100_000_000;
  private static final Duration LIFETIME = Duration.ofMinutes(10);
  private static final Duration IDLE = Duration.ofSeconds(50);
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final E2bClient client;
  private final Sandbox sandbox;
  private final int inFlight;
  private final ConcurrentLinkedQueue<RunningCommand> open = new ConcurrentLinkedQueue<>();

  private JavaSide(E2bClient client, int inFlight) {
    this.client = client;
    this.sandbox = newSandbox();
    this.inFlight = inFlight;
  }

  /**
   * Measures one scenario.
   *
   * @param args scenario, count, and how many at once
   */
  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[1]);
    try (E2bClient client = new E2bClient(E2bOptions.fromEnvironment(System.getenv()))) {
      JavaSide side = new JavaSide(client, Integer.parseInt(args[2]));
      System.out.println(new ObjectMapper().writeValueAsString(side.measure(args[0], count)));
    }
  }

  private ObjectNode measure(String scenario, int count) throws Exception {
    run(scenario, Math.max(1, (count + 4) / 5));
    closeStreams();
    long cpu = SYSTEM.getProcessCpuTime();
    long start = System.nanoTime();
    run(scenario, count);
    ObjectNode sample = new ObjectMapper().createObjectNode();
    sample.put("seconds", seconds(System.nanoTime() - start));
    sample.put("cpuSeconds", seconds(SYSTEM.getProcessCpuTime() - cpu));
    if (!open.isEmpty()) {
      long idle = SYSTEM.getProcessCpuTime();
      Thread.sleep(IDLE.toMillis());
      sample.put("idleCpuSeconds", seconds(SYSTEM.getProcessCpuTime() - idle));
    }
    sample.put("peakRssMiB", PeakMemory.mebibytes());
    closeStreams();
    sandbox.kill();
    return sample;
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  private void run(String scenario, int count) throws Exception {
    switch (scenario) {
      case "lifecycle" -> forEach(count, index -> lifecycle());
      case "output" -> forEach(count, index -> output());
      case "files" -> {
        forEach(count, index -> sandbox.files().writeText(path(index), content(index)));
        forEach(count, this::readBack);
      }
      case "streams" -> forEach(count, index -> openStream());
      default -> throw new IllegalArgumentException("no scenario " + scenario);
    }
  }

  /** As blocking code does it: so many threads, each with one thing in flight. */
  private void forEach(int times, IntConsumer work) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(inFlight, times));
    List<Future<?>> running = new ArrayList<>();
    for (int thread = 0; thread < Math.min(inFlight, times); thread++) {
      running.add(
          threads.submit(
              () -> {
                for (int at = next.getAndIncrement(); at < times; at = next.getAndIncrement()) {
                  work.accept(at);
                }
              }));
    }
    try {
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private Sandbox newSandbox() {
    return client.create(SandboxSpec.builder().template("base").timeout(LIFETIME).build());
  }

  private void lifecycle() {
    Sandbox made = newSandbox();
    require(made.commands().run(Command.shell("true")).succeeded(), "true failed");
    made.kill();
  }

  private void output() {
    CommandResult result =
        sandbox.commands().run(Command.shellBuilder("flood").maxOutput(FLOOD).build());
    require(result.stdout().length() == FLOOD, "length " + result.stdout().length());
  }

  private static String path(int index) {
    return "/home/user/many/" + index % 100 + "/" + index;
  }

  private static String content(int index) {
    return "content of " + index;
  }

  private void readBack(int index) {
    String text = new String(sandbox.files().read(path(index)), StandardCharsets.UTF_8);
    require(text.equals(content(index)), "content " + text);
  }

  private void openStream() {
    open.add(sandbox.commands().start(Command.shell("idle"), OutputListener.discarding()));
  }

  private void closeStreams() {
    open.forEach(RunningCommand::close);
    open.clear();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
