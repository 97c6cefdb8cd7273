package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.CommandTimeoutException;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.RateLimitedException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.e2b.local.simulated.Simulation;
import dev.repofleet.e2b.local.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes in memory, through the project's own client and by hand. */
class SimulatedSandboxesIT {
  private static final int MANY = 1000;
  private static final int AT_ONCE = 50;

  @TempDir private Path data;

  private LocalSandboxServer start(Consumer<LocalSandboxOptions.Builder> settings)
      throws Exception {
    LocalSandboxOptions.Builder builder =
        LocalSandboxOptions.builder(data).simulate(Simulation.standard());
    settings.accept(builder);
    return new LocalSandboxServer(builder.build()).start();
  }

  private static E2bClient client(LocalSandboxServer server) {
    String uri = server.uri().toString();
    return new E2bClient(
        E2bOptions.builder().apiKey(server.apiKey()).apiUrl(uri).sandboxUrl(uri).build());
  }

  @Test
  void commandsAndFilesWorkAsInARealOneAndNothingTouchesTheDisk() throws Exception {
    try (LocalSandboxServer server = start(builder -> {});
        E2bClient client = client(server)) {
      Sandbox sandbox = client.create(SandboxSpec.builder().template("claude").build());
      var result = sandbox.commands().run(Command.shell("echo out; echo err >&2; exit 3"));
      assertThat(result.stdout()).isEqualTo("out\n");
      assertThat(result.stderr()).isEqualTo("err\n");
      assertThat(result.exitCode()).isEqualTo(3);
      byte[] content = "hellö".getBytes(StandardCharsets.UTF_8);
      sandbox.files().write("/home/user/x/y", content);
      assertThat(sandbox.files().read("/home/user/x/y")).isEqualTo(content);
      assertThat(sandbox.files().readRange("/home/user/x/y", 4, 100).nextOffset()).isEqualTo(6);
      assertThat(sandbox.files().readRange("/home/user/x/y", 6, 100).isEmpty()).isTrue();
      assertThat(sandbox.files().list("/home/user", 2)).hasSize(2);
      assertThat(sandbox.files().stat("/home/user/x/y").size()).isEqualTo(6);
      assertThatThrownBy(() -> sandbox.files().read("/home/user/none"))
          .isInstanceOf(NotFoundException.class);
      assertThat(sandbox.withUser("root").commands().run(Command.of("sh", "-c", "id -u")).stdout())
          .isEqualTo("0\n");
      assertThat(sandbox.commands().run(Command.of("nosuch")).exitCode()).isEqualTo(127);
      assertThatThrownBy(
              () ->
                  sandbox
                      .commands()
                      .run(
                          Command.shellBuilder("sleep 600")
                              .timeout(Duration.ofMillis(100))
                              .build()))
          .isInstanceOf(CommandTimeoutException.class);
      assertThat(sandbox.kill()).isTrue();
      try (var entries = Files.list(data.resolve("sandboxes"))) {
        assertThat(entries).isEmpty();
      }
    }
  }

  @Test
  void theServerSaysThatItSimulates() throws Exception {
    try (LocalSandboxServer server = start(builder -> {})) {
      WireClient client = new WireClient(server.uri(), server.apiKey());
      assertThat(client.api("GET", "/health", null).header("x-simulated-sandboxes"))
          .isEqualTo("true");
      assertThat(server.isolation().kind()).isEqualTo(Isolation.Kind.SIMULATED);
      assertThat(server.isolation().reason()).contains("made up");
    }
  }

  @Test
  void whatASimulatedSandboxHasNotIsRefusedInWordsAndTheRestIsAnswered() throws Exception {
    try (LocalSandboxServer server = start(builder -> {})) {
      WireClient client = new WireClient(server.uri(), server.apiKey());
      WireClient.Box box = client.create();
      String one = "/sandboxes/" + box.id();
      WireClient.Answer snapshot = client.api("POST", one + "/snapshots", "{}");
      assertThat(snapshot.status()).isEqualTo(400);
      assertThat(snapshot.json().get("message").asText()).contains("simulates");
      assertThat(client.api("GET", "/snapshots", null).body()).isEqualTo("[]");
      assertThat(client.api("GET", one + "/metrics", null).body()).isEqualTo("[]");
      assertThat(client.api("GET", "/v2" + one + "/logs", null).body()).contains("created");
      var pty = Wire.object();
      pty.putObject("process").put("cmd", "/bin/bash");
      pty.putObject("pty").putObject("size").put("cols", 80).put("rows", 24);
      assertThat(client.start(box, "user", pty, Map.of()).next().toString())
          .contains("unimplemented", "no terminals");
      client.write(box, "user", "/tmp/watched/first", "1");
      try (WireClient.Events events =
          client.watch(box, Wire.object().put("path", "/tmp/watched"))) {
        assertThat(events.next().has("start")).isTrue();
        client.write(box, "user", "/tmp/watched/second", "2");
        assertThat(events.next().toString()).contains("EVENT_TYPE_CREATE", "second");
      }
    }
  }

  @Test
  void quotaAndCreateRateHold() throws Exception {
    try (LocalSandboxServer server = start(builder -> builder.quota(2).createRate(2));
        E2bClient client = client(server)) {
      SandboxSpec spec = SandboxSpec.builder().template("base").build();
      client.create(spec);
      client.create(spec);
      assertThatThrownBy(() -> client.create(spec)).isInstanceOf(RateLimitedException.class);
      WireClient wire = new WireClient(server.uri(), server.apiKey());
      Awaiting.until(
          "the rate lets it through to the quota",
          () ->
              wire.api("POST", "/v2/sandboxes", "{\"templateID\":\"base\"}")
                  .body()
                  .contains("maximum number of concurrent"));
    }
  }

  @Test
  void timeStandsStillForAPausedSandbox() throws Exception {
    try (LocalSandboxServer server = start(builder -> {})) {
      WireClient client = new WireClient(server.uri(), server.apiKey());
      WireClient.Box paused = client.create();
      WireClient.Box other = client.create();
      WireClient.Events cut = client.stream(paused, "user", "sleep 6; echo x > /tmp/x", Map.of());
      assertThat(cut.pid()).isPositive();
      assertThat(client.api("POST", "/sandboxes/" + paused.id() + "/pause", null).status())
          .isEqualTo(204);
      assertThatThrownBy(cut::drain).hasMessageContaining("");
      // A sleep that began later is over in the sandbox beside it.
      assertThat(client.run(other, "user", "sleep 6.5; echo done").out()).isEqualTo("done\n");
      assertThat(
              client
                  .api("POST", "/sandboxes/" + paused.id() + "/connect", "{\"timeout\":60}")
                  .status())
          .isEqualTo(201);
      assertThat(client.read(paused, "user", "/tmp/x").status()).isEqualTo(404);
      Awaiting.until("it goes on", () -> client.read(paused, "user", "/tmp/x").status() == 200);
    }
  }

  @Test
  void aThousandAreCreatedUsedPausedResumedAndKilled() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try (LocalSandboxServer server = start(builder -> builder.quota(MANY));
        E2bClient client = client(server)) {
      long begin = System.nanoTime();
      List<Sandbox> all =
          each(
              threads,
              MANY,
              index -> client.create(SandboxSpec.builder().template("claude").build()));
      long created = System.nanoTime();
      List<CommandResult> results =
          each(
              threads,
              MANY,
              index ->
                  all.get(index).commands().run(Command.shell("echo " + index + " > f; cat f")));
      long run = System.nanoTime();
      assertThat(results)
          .extracting(CommandResult::stdout)
          .containsExactlyElementsOf(IntStream.range(0, MANY).mapToObj(i -> i + "\n").toList());
      WireClient wire = new WireClient(server.uri(), server.apiKey());
      List<Integer> paused =
          each(
              threads,
              MANY / 10,
              index -> wire.api("POST", path(all, index, "pause"), null).status());
      assertThat(paused).containsOnly(204);
      List<String> kept =
          each(
              threads,
              MANY / 10,
              index -> {
                Sandbox resumed = client.connect(all.get(index).sandboxId(), Duration.ofMinutes(1));
                return resumed.commands().run(Command.shell("cat f")).stdout();
              });
      assertThat(kept).startsWith("0\n", "1\n").hasSize(MANY / 10);
      long resumed = System.nanoTime();
      assertThat(each(threads, MANY, index -> all.get(index).kill())).containsOnly(true);
      long end = System.nanoTime();
      assertThat(wire.api("GET", "/v2/sandboxes", null).body()).isEqualTo("[]");
      System.out.printf(
          "%d simulated sandboxes, %d at once: create %d ms, a command each %d ms,"
              + " pause and resume %d %d ms, kill %d ms%n",
          MANY,
          AT_ONCE,
          millis(begin, created),
          millis(created, run),
          MANY / 10,
          millis(run, resumed),
          millis(resumed, end));
    } finally {
      threads.shutdownNow();
    }
  }

  private static String path(List<Sandbox> all, int index, String action) {
    return "/sandboxes/" + all.get(index).sandboxId() + "/" + action;
  }

  private static long millis(long from, long to) {
    return (to - from) / 1_000_000;
  }

  private interface Step<T> {
    T at(int index) throws Exception;
  }

  private static <T> List<T> each(ExecutorService threads, int count, Step<T> step)
      throws Exception {
    List<Callable<T>> tasks =
        IntStream.range(0, count).<Callable<T>>mapToObj(index -> () -> step.at(index)).toList();
    List<T> results = new java.util.ArrayList<>();
    for (Future<T> future : threads.invokeAll(tasks)) {
      results.add(future.get());
    }
    return results;
  }
}
