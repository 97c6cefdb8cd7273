package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.E2bTransportException;
import dev.repofleet.e2b.RateLimitedException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.SandboxUnavailableException;
import dev.repofleet.e2b.local.fault.Fault;
import dev.repofleet.e2b.local.fault.FaultKind;
import dev.repofleet.e2b.local.fault.FaultRoute;
import dev.repofleet.e2b.local.fault.Faults;
import dev.repofleet.e2b.local.simulated.Simulation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every fault switch, seen from outside: by the project's own client, or by hand. */
class FaultsIT {
  private static final SandboxSpec SPEC = SandboxSpec.builder().template("base").build();

  @TempDir static Path data;
  private static LocalSandboxServer server;
  private static E2bClient client;
  private static WireClient wire;

  @BeforeAll
  static void startServer() throws Exception {
    server =
        new LocalSandboxServer(
                LocalSandboxOptions.builder(data).simulate(Simulation.standard()).build())
            .start();
    String uri = server.uri().toString();
    client =
        new E2bClient(
            E2bOptions.builder().apiKey(server.apiKey()).apiUrl(uri).sandboxUrl(uri).build());
    wire = new WireClient(server.uri(), server.apiKey());
  }

  @AfterAll
  static void stopServer() {
    client.close();
    server.close();
  }

  @AfterEach
  void allOff() {
    server.faults().clear();
    client.list(SandboxQuery.builder().build()).forEach(one -> client.kill(one.sandboxId()));
  }

  private static void fault(Fault.Builder fault) {
    server.faults().add(fault.build());
  }

  private static List<Integer> struck() {
    return server.faults().status().stream().map(Faults.Status::struck).toList();
  }

  @Test
  void aStreamIsCutWithoutATrailerAfterItsFrames() throws Exception {
    Sandbox sandbox = client.create(SPEC);
    fault(Fault.of(FaultKind.CUT_STREAM).on(FaultRoute.START).frames(2));
    assertThatThrownBy(
            () -> sandbox.commands().run(Command.shell("echo done > f; echo one; sleep 600")))
        .isInstanceOfSatisfying(
            E2bTransportException.class, cut -> assertThat(cut.mayHaveBeenAccepted()).isTrue());
    assertThat(sandbox.files().read("f")).isEqualTo("done\n".getBytes(StandardCharsets.UTF_8));
    assertThat(sandbox.commands().list()).as("the process lives on").hasSize(1);
    fault(Fault.of(FaultKind.CUT_STREAM).frames(100));
    WireClient.Box box = wire.create();
    WireClient.Events all = wire.streamThatIsCut(box, "user", "true");
    assertThat(all.pid()).isPositive();
    assertThat(all.next().has("end")).isTrue();
    assertThatThrownBy(all::next).as("in place of the trailer").isInstanceOf(IOException.class);
    assertThat(struck()).containsExactly(1, 1);
  }

  @Test
  void aTrailerComesWithoutAnEnd() {
    WireClient.Box box = wire.create();
    fault(Fault.of(FaultKind.MISSING_END).on(FaultRoute.START));
    WireClient.Result result = wire.run(box, "user", "echo x");
    assertThat(result.out()).isEqualTo("x\n");
    assertThat(result.end()).isEmpty();
    assertThat(result.trailer().toString()).isEqualTo("{}");
    fault(Fault.of(FaultKind.MISSING_END).on(FaultRoute.START));
    Sandbox sandbox = client.connect(box.id(), Duration.ofMinutes(1));
    assertThatThrownBy(() -> sandbox.commands().run(Command.shell("echo x")))
        .isInstanceOf(E2bException.class);
    assertThat(sandbox.commands().run(Command.shell("echo x")).stdout()).isEqualTo("x\n");
  }

  @Test
  void aFrozenStreamStaysOpenAndSaysNothingNotEvenKeepalives() throws Exception {
    WireClient.Box box = wire.create();
    fault(Fault.of(FaultKind.FROZEN_STREAM).on(FaultRoute.START));
    WireClient.Events frozen =
        wire.stream(
            box, "user", "echo x; echo y > /tmp/done", Map.of("Keepalive-Ping-Interval", "1"));
    assertThat(frozen.pid()).isPositive();
    CompletableFuture<Object> next =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return frozen.next();
              } catch (IOException cut) {
                throw new UncheckedIOException(cut);
              }
            });
    assertThatThrownBy(() -> next.get(1500, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(wire.read(box, "user", "/tmp/done").body()).isEqualTo("y\n");
    frozen.close();
  }

  @Test
  void framesComeCutOffAsGarbageOrClaimingTwoGigabytes() throws Exception {
    WireClient.Box box = wire.create();
    fault(Fault.of(FaultKind.TRUNCATED_FRAME).on(FaultRoute.START));
    WireClient.Events truncated = wire.stream(box, "user", "echo x", Map.of());
    assertThat(truncated.pid()).isPositive();
    assertThatThrownBy(truncated::next).isInstanceOf(IOException.class);
    fault(Fault.of(FaultKind.GARBAGE_FRAME).on(FaultRoute.START));
    WireClient.Events garbage = wire.stream(box, "user", "echo x", Map.of());
    assertThat(garbage.pid()).isPositive();
    assertThatThrownBy(garbage::next).hasMessageContaining("Unrecognized token");
    assertThat(garbage.next().has("end")).as("then it goes on").isTrue();
    fault(Fault.of(FaultKind.HUGE_FRAME).on(FaultRoute.START));
    Sandbox sandbox = client.connect(box.id(), Duration.ofMinutes(1));
    assertThatThrownBy(() -> sandbox.commands().run(Command.shell("echo x")))
        .isInstanceOf(E2bException.class);
    assertThat(struck()).containsExactly(1, 1, 1);
  }

  @Test
  void aFullDiskAClosedPortAndNoAnswerAtAll() {
    WireClient.Box box = wire.create();
    fault(Fault.of(FaultKind.DISK_FULL));
    assertThat(wire.read(box, "user", "/none").status()).as("writes alone").isEqualTo(404);
    assertThat(wire.write(box, "user", "/tmp/f", "x").status()).isEqualTo(507);
    fault(Fault.of(FaultKind.PORT_CLOSED).on(FaultRoute.PROCESS));
    WireClient.Answer closed = wire.rpc(box, "user", "process.Process/List", "{}");
    assertThat(closed.status()).isEqualTo(502);
    assertThat(closed.json().get("port").asInt()).isEqualTo(49983);
    fault(Fault.of(FaultKind.NO_ANSWER).on(FaultRoute.HEALTH).always());
    assertThatThrownBy(
            () -> wire.send(wire.envd(box, "/health", "user").timeout(Duration.ofSeconds(2)).GET()))
        .hasMessageContaining("timed out");
    server.faults().clear();
    assertThat(wire.send(wire.envd(box, "/health", "user").GET()).status()).isEqualTo(204);
  }

  @Test
  void aLivingSandboxIsToldGoneOrTransitioning() {
    Sandbox sandbox = client.create(SPEC);
    Sandbox other = client.create(SPEC);
    fault(Fault.of(FaultKind.GONE).on(FaultRoute.DATA).sandbox(sandbox.sandboxId()));
    fault(Fault.of(FaultKind.TRANSITIONING).on(FaultRoute.DATA).sandbox(sandbox.sandboxId()));
    assertThat(other.commands().list()).isEmpty();
    assertThatThrownBy(() -> sandbox.commands().list())
        .isInstanceOfSatisfying(
            SandboxUnavailableException.class,
            gone ->
                assertThat(gone.reason())
                    .isEqualTo(SandboxUnavailableException.Reason.NOT_RUNNING));
    assertThatThrownBy(() -> sandbox.files().read("x"))
        .isInstanceOfSatisfying(
            SandboxUnavailableException.class,
            changing ->
                assertThat(changing.reason())
                    .isEqualTo(SandboxUnavailableException.Reason.TRANSITIONING));
    assertThat(client.get(sandbox.sandboxId()).sandboxId()).isEqualTo(sandbox.sandboxId());
    assertThat(sandbox.commands().list()).isEmpty();
  }

  @Test
  void envdComesBackWithAnEmptyTableAndWhatRanGoesOn() {
    WireClient.Box box = wire.create();
    WireClient.Events stream = wire.stream(box, "user", "sleep 12; echo x > /tmp/x", Map.of());
    Sandbox sandbox = client.connect(box.id(), Duration.ofMinutes(1));
    assertThat(sandbox.commands().list()).hasSize(1);
    fault(Fault.of(FaultKind.RESTART_ENVD).on(FaultRoute.PROCESS));
    assertThatThrownBy(() -> sandbox.commands().list())
        .isInstanceOfSatisfying(
            SandboxUnavailableException.class,
            restarting ->
                assertThat(restarting.reason())
                    .isEqualTo(SandboxUnavailableException.Reason.PORT_NOT_OPEN));
    assertThatThrownBy(stream::drain).isInstanceOf(UncheckedIOException.class);
    assertThat(sandbox.commands().list()).isEmpty();
    Awaiting.until("what ran goes on", () -> wire.read(box, "user", "/tmp/x").status() == 200);
  }

  @Test
  void aCreateWhoseAnswerIsLostLeavesASandbox() {
    fault(Fault.of(FaultKind.LOST_ANSWER).on(FaultRoute.CREATE));
    SandboxSpec marked = SandboxSpec.builder().template("base").metadata("lease", "l1").build();
    assertThatThrownBy(() -> client.create(marked))
        .isInstanceOfSatisfying(
            E2bTransportException.class, lost -> assertThat(lost.mayHaveBeenAccepted()).isTrue());
    assertThat(client.list(SandboxQuery.builder().metadata("lease", "l1").build())).hasSize(1);
  }

  @Test
  void anyRoutesAnswerCanBeLostAfterItWasServed() {
    Sandbox sandbox = client.create(SPEC);
    fault(Fault.of(FaultKind.LOST_ANSWER).on(FaultRoute.WRITE));
    assertThatThrownBy(() -> sandbox.files().write("f", new byte[] {'x'}))
        .isInstanceOf(E2bTransportException.class);
    assertThat(sandbox.files().read("f")).isEqualTo(new byte[] {'x'});
    fault(Fault.of(FaultKind.LOST_ANSWER).on(FaultRoute.START));
    assertThatThrownBy(() -> sandbox.commands().run(Command.shell("echo y > g")))
        .isInstanceOf(E2bTransportException.class);
    assertThat(sandbox.files().read("g")).isEqualTo("y\n".getBytes(StandardCharsets.UTF_8));
    fault(Fault.of(FaultKind.LOST_ANSWER).on(FaultRoute.KILL));
    assertThatThrownBy(sandbox::kill).isInstanceOf(E2bTransportException.class);
    assertThat(sandbox.kill()).isFalse();
    assertThat(struck()).containsExactly(1, 1, 1);
  }

  @Test
  void burstsOfRefusalsTellRetryAfterOrTheQuota() {
    fault(Fault.of(FaultKind.RATE_LIMITED).on(FaultRoute.CREATE).retryAfterSeconds(7));
    fault(Fault.of(FaultKind.QUOTA).on(FaultRoute.CREATE).times(2));
    assertThatThrownBy(() -> client.create(SPEC))
        .isInstanceOfSatisfying(
            RateLimitedException.class,
            limited -> assertThat(limited.retryAfter()).contains(Duration.ofSeconds(7)));
    for (int count = 0; count < 2; count++) {
      assertThatThrownBy(() -> client.create(SPEC))
          .hasMessageContaining("maximum number of concurrent")
          .isInstanceOfSatisfying(
              RateLimitedException.class, limited -> assertThat(limited.retryAfter()).isEmpty());
    }
    assertThat(client.create(SPEC).kill()).isTrue();
  }

  @Test
  void latencyDelaysBothPlanesAndGoesTogetherWithOtherFaults() {
    Sandbox sandbox = client.create(SPEC);
    Duration fixed = Duration.ofMillis(120);
    fault(Fault.of(FaultKind.LATENCY).latency(fixed, Duration.ofMillis(30)).times(5));
    fault(Fault.of(FaultKind.GONE).on(FaultRoute.PROCESS));
    long begin = System.nanoTime();
    client.get(sandbox.sandboxId());
    sandbox.files().write("f", new byte[100_000]);
    assertThat(sandbox.files().read("f")).hasSize(100_000);
    assertThat(sandbox.commands().run(Command.shell("echo x")).stdout()).isEqualTo("x\n");
    assertThatThrownBy(() -> sandbox.commands().list())
        .isInstanceOf(SandboxUnavailableException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isGreaterThanOrEqualTo(fixed.multipliedBy(5));
    assertThat(struck()).containsExactly(5, 1);
  }

  @Test
  void theDiceOfASeedFallTheSameWayAgain() {
    assertThat(statuses(42)).isEqualTo(statuses(42)).contains(409, 200).isNotEqualTo(statuses(43));
  }

  private static List<Integer> statuses(long seed) {
    WireClient.Box box = wire.create();
    server
        .faults()
        .replace(
            List.of(
                Fault.of(FaultKind.TRANSITIONING)
                    .on(FaultRoute.PROCESS)
                    .probability(0.5, seed)
                    .always()
                    .build()));
    return java.util.stream.IntStream.range(0, 40)
        .mapToObj(count -> wire.rpc(box, "user", "process.Process/List", "{}").status())
        .toList();
  }

  @Test
  void theSwitchesAreSetToldAndTakenAwayOverHttp() {
    String body =
        """
        {"faults":[{"kind":"gone","routes":["data","list"],"times":3},
         {"kind":"latency","latencyMillis":1,"jitterMillis":2,"probability":0.5,"seed":9}]}""";
    assertThat(wire.api("PUT", "/faults", body).status()).isEqualTo(200);
    assertThat(wire.api("GET", "/v2/sandboxes", null).status()).isEqualTo(502);
    var told = wire.api("GET", "/faults", null).json().path("faults");
    assertThat(told.get(0).path("struck").asInt()).isEqualTo(1);
    assertThat(told.get(0).path("routes").toString()).contains("start", "read", "list");
    assertThat(told.get(1).path("jitterMillis").asInt()).isEqualTo(2);
    assertThat(wire.api("PUT", "/faults", "{\"faults\":" + told + "}").status()).isEqualTo(200);
    assertThat(new WireClient(server.uri(), "wrong").api("GET", "/faults", null).status())
        .isEqualTo(401);
    assertThat(wire.api("DELETE", "/faults", null).status()).isEqualTo(204);
    assertThat(server.faults().status()).isEmpty();
  }

  @Test
  void aWrongSwitchIsRefusedWithWhatThereIsAndNothingChanges() {
    fault(Fault.of(FaultKind.GONE).on(FaultRoute.DATA));
    for (Map.Entry<String, String> wrong :
        Map.of(
                "{\"kind\":\"explode\"}", "there is no 'explode'",
                "{\"kind\":\"gone\",\"route\":[\"data\"]}", "a fault has no route",
                "{\"kind\":\"gone\",\"routes\":[\"nowhere\"]}", "there is no 'nowhere'",
                "{\"kind\":\"gone\",\"times\":0}", "times must be at least 1",
                "{\"kind\":\"gone\",\"probability\":2}", "probability must be")
            .entrySet()) {
      WireClient.Answer answer =
          wire.api("PUT", "/faults", "{\"faults\":[" + wrong.getKey() + "]}");
      assertThat(answer.status()).as(wrong.getKey()).isEqualTo(400);
      assertThat(answer.body()).contains(wrong.getValue());
    }
    assertThat(wire.api("PUT", "/faults", "[]").status()).isEqualTo(400);
    assertThat(server.faults().status()).hasSize(1);
  }
}
