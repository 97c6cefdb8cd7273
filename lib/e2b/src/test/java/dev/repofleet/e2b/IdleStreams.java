package dev.repofleet.e2b;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of its own: holds many streams on which nothing comes, and prints how many threads of
 * the operating system that takes. Arguments: address, number of streams.
 */
final class IdleStreams {
  private IdleStreams() {}

  public static void main(String[] arguments) {
    int count = Integer.parseInt(arguments[1]);
    E2bOptions options =
        E2bOptions.builder()
            .apiKey(FakeE2b.KEY)
            .apiUrl(arguments[0])
            .sandboxUrl(arguments[0])
            .build();
    try (E2bClient client = new E2bClient(options)) {
      Sandbox sandbox = client.create(SandboxSpec.builder().build());
      int before = threads();
      List<RunningCommand> streams = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        streams.add(sandbox.commands().start(Command.of("idle"), OutputListener.discarding()));
      }
      // A short call while all of them are open.
      sandbox.commands().list();
      int more = threads() - before;
      boolean open = streams.stream().allMatch(stream -> stream.awaitExit(Duration.ZERO).isEmpty());
      System.out.printf(
          "%d streams=%d open=%s threads=%d%n",
          Runtime.version().feature(), streams.size(), open, more);
      streams.forEach(RunningCommand::close);
    }
  }

  /** Virtual threads are not among them. */
  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }
}
