package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a sandbox is created with, and what can be asked and changed of it. */
class ControlPlaneTest extends FakeE2bTest {
  private static final SandboxSpec LABELLED =
      SandboxSpec.builder().metadata("job", "j1").timeout(Duration.ofSeconds(60)).build();

  @Test
  void lifecycleAndNetworkAreSpelledAsTheApiSpellsThem() {
    SandboxNetwork network =
        SandboxNetwork.builder()
            .allowOut("github.com", "10.0.0.0/8")
            .denyOut(SandboxNetwork.EVERYWHERE)
            .header("api.example.org", "Authorization", "Bearer hush")
            .allowPublicTraffic(false)
            .maskRequestHost("localhost:${PORT}")
            .build();
    SandboxSpec spec =
        SandboxSpec.builder().lifecycle(SandboxLifecycle.pausedAndWoken()).network(network).build();
    Sandbox sandbox = client.create(spec);
    assertThat(FakeE2b.json(fake.last("/v2/sandboxes")).toString())
        .isEqualTo(
            "{\"templateID\":\"base\",\"timeout\":300,\"autoPause\":true,"
                + "\"autoResume\":{\"enabled\":true},\"network\":{"
                + "\"allowOut\":[\"github.com\",\"10.0.0.0/8\"],\"denyOut\":[\"0.0.0.0/0\"],"
                + "\"allowPublicTraffic\":false,\"maskRequestHost\":\"localhost:${PORT}\","
                + "\"rules\":{\"api.example.org\":[{\"transform\":{\"headers\":"
                + "{\"Authorization\":\"Bearer hush\"}}}]}}}");
    assertThat(sandbox.trafficAccessToken()).contains("traffic-of-" + sandbox.sandboxId());
    assertThat(spec.toString()).contains("api.example.org=[Authorization]").doesNotContain("hush");
    assertThat(spec.autoPause()).isTrue();
  }

  @Test
  void aPauseWithoutMemoryIsAskedForInWords() {
    SandboxLifecycle files = new SandboxLifecycle(SandboxLifecycle.OnTimeout.PAUSE, false, false);
    client.create(SandboxSpec.builder().lifecycle(files).build());
    assertThat(FakeE2b.json(fake.last("/v2/sandboxes")).toString())
        .contains("\"autoPause\":true,\"autoPauseMemory\":false");
  }

  @Test
  void whatTheApiWouldRefuseIsRefusedHere() {
    assertThatThrownBy(() -> new SandboxLifecycle(SandboxLifecycle.OnTimeout.KILL, true, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SandboxNetwork.builder().denyOut("example.org").build())
        .hasMessageContaining("no domain");
    assertThatThrownBy(() -> SandboxNetwork.builder().allowOut(" ").build())
        .hasMessageContaining("blank");
    assertThatThrownBy(
            () -> SandboxNetwork.builder().header("a.example", "X", "hush\r\nY: z").build())
        .hasMessageContaining("line break")
        .hasMessageNotContaining("hush");
    assertThatThrownBy(() -> SandboxNetwork.builder().header("a.example", "X Y", "v").build())
        .hasMessageContaining("HTTP can't carry");
    assertThat(SandboxNetwork.builder().denyOut("10.0.0.0/8", "::/0").build().denyOut()).hasSize(2);
  }

  @Test
  void theNetworkOfARunningSandboxIsReplacedAsAWhole() {
    Sandbox sandbox = client.create(LABELLED);
    sandbox.updateNetwork(
        SandboxNetwork.builder().allowOut("a.example").allowPublicTraffic(false).build());
    assertThat(fake.last("/network").getMethod()).isEqualTo("PUT");
    assertThat(FakeE2b.json(fake.last("/network")).toString())
        .isEqualTo("{\"allowOut\":[\"a.example\"]}");
    sandbox.updateNetwork(SandboxNetwork.open());
    assertThat(FakeE2b.json(fake.last("/network")).toString()).isEqualTo("{}");
    sandbox.kill();
    assertThatThrownBy(() -> sandbox.updateNetwork(SandboxNetwork.open()))
        .isInstanceOf(SandboxNotFoundException.class);
  }

  @Test
  void resumeTellsWhetherTheSandboxWasPaused() {
    Sandbox sandbox = client.create(LABELLED);
    assertThat(client.resume(sandbox.sandboxId(), Duration.ofSeconds(5)).wasPaused()).isFalse();
    assertThat(sandbox.pause()).isTrue();
    Resumption resumption = client.resume(sandbox.sandboxId(), Duration.ofSeconds(5));
    assertThat(resumption.wasPaused()).isTrue();
    assertThat(resumption.sandbox().sandboxId()).isEqualTo(sandbox.sandboxId());
  }

  @Test
  void refreshIsBoundedAsTheApiBoundsIt() {
    Sandbox sandbox = client.create(LABELLED);
    sandbox.refresh(Duration.ofMillis(59_001));
    assertThat(FakeE2b.json(fake.last("/refreshes")).toString()).isEqualTo("{\"duration\":60}");
    assertThatThrownBy(() -> sandbox.refresh(Duration.ofSeconds(3601)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.refresh("igone", Duration.ofSeconds(1)))
        .isInstanceOf(SandboxNotFoundException.class);
  }

  @Test
  void snapshotsAreMadeListedUsedAndDeleted() {
    fake.pageSize = 1;
    Sandbox sandbox = client.create(LABELLED);
    Snapshot plain = sandbox.snapshot();
    Snapshot named = client.snapshots().create(sandbox.sandboxId(), "warm");
    assertThat(FakeE2b.json(fake.last("/snapshots")).toString()).isEqualTo("{\"name\":\"warm\"}");
    assertThat(plain.names()).isEmpty();
    assertThat(named.names()).containsExactly("warm");
    assertThat(client.snapshots().list(Optional.of(sandbox.sandboxId())))
        .containsExactlyInAnyOrder(plain, named);
    assertThat(fake.last("/snapshots?").getUrl().queryParameter("sandboxID"))
        .isEqualTo(sandbox.sandboxId());
    client.create(SandboxSpec.builder().template(plain.snapshotId()).build());
    assertThat(client.snapshots().delete(plain.snapshotId())).isTrue();
    assertThat(client.snapshots().delete(plain.snapshotId())).isFalse();
    assertThat(client.snapshots().list(Optional.empty())).containsExactly(named);
    assertThatThrownBy(() -> client.snapshots().create("igone"))
        .isInstanceOf(SandboxNotFoundException.class);
    assertThatThrownBy(() -> client.snapshots().delete(" "))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void metricsOfOneAndOfMany() {
    String id = client.create(LABELLED).sandboxId();
    SandboxMetrics expected =
        new SandboxMetrics(
            Instant.parse("2026-01-02T03:04:05Z"), 2, 12.5, 3L << 30, 4L << 30, 5, 6, 7);
    assertThat(client.metrics(id, Instant.ofEpochMilli(1500), null)).containsExactly(expected);
    assertThat(fake.last("/metrics").getTarget()).endsWith("/metrics?start=1");
    List<String> ids = new ArrayList<>(List.of(id));
    for (int i = 0; i < 150; i++) {
      ids.add("inever" + i);
    }
    assertThat(client.metrics(ids)).isEqualTo(Map.of(id, expected));
    assertThat(fake.countOf("/sandboxes/metrics")).isEqualTo(2);
  }

  @Test
  void logsArePagedByTheirTimeAndEnd() {
    String id = client.create(LABELLED).sandboxId();
    for (int i = 0; i < 5; i++) {
      fake.logs.add(
          FakeE2b.JSON
              .createObjectNode()
              .put("timestamp", "2026-01-02T03:04:0" + i + ".000500Z")
              .put("level", "info")
              .put("message", "line " + i)
              .set("fields", FakeE2b.JSON.createObjectNode().put("n", i).put("s", "t")));
    }
    List<String> lines = new ArrayList<>();
    Optional<Instant> next = Optional.of(Instant.EPOCH);
    for (int page = 0; page < 9 && next.isPresent(); page++) {
      LogPage logs = client.logs(id, LogQuery.all().limit(3).from(next.get()));
      logs.entries().forEach(entry -> lines.add(entry.message()));
      next = logs.next();
    }
    assertThat(next).isEmpty();
    // The last line of a full page comes again: a page knows its end to the millisecond only.
    assertThat(lines)
        .containsExactly("line 0", "line 1", "line 2", "line 2", "line 3", "line 4", "line 4");
    assertThat(client.logs(id, LogQuery.all()).entries().get(1).fields())
        .isEqualTo(Map.of("n", "1", "s", "t"));
    client.logs(id, LogQuery.newestFirst().level("warn").search("a b"));
    assertThat(fake.last("/logs").getTarget())
        .endsWith("/logs?limit=1000&direction=backward&level=warn&search=a%20b");
  }

  @Test
  void aLogWhoseFullPageIsOneMillisecondStillGoesOn() {
    String id = client.create(LABELLED).sandboxId();
    fake.logs.add(
        FakeE2b.JSON.createObjectNode().put("timestamp", "2026-01-02T03:04:05Z").put("new", 1));
    Instant at = Instant.parse("2026-01-02T03:04:05Z");
    LogPage first = client.logs(id, LogQuery.all().limit(1).from(at));
    assertThat(first.entries()).containsExactly(new LogEntry(at, "", "", Map.of()));
    assertThat(first.next()).contains(at.plusMillis(1));
    assertThatThrownBy(() -> LogQuery.all().limit(1001))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LogQuery.all().search("x".repeat(257)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void backwardNoLineOfAMillisecondIsPassedOver() {
    String id = client.create(LABELLED).sandboxId();
    for (String at : List.of("05.345100", "05.345900", "05.400000")) {
      fake.logs.add(
          FakeE2b.JSON
              .createObjectNode()
              .put("timestamp", "2026-01-02T03:04:" + at + "Z")
              .put("message", at));
    }
    Set<String> lines = new LinkedHashSet<>();
    LogQuery query = LogQuery.newestFirst().limit(2);
    LogPage page = client.logs(id, query);
    for (int pages = 0; pages < 9 && page.next().isPresent(); pages++) {
      page.entries().forEach(entry -> lines.add(entry.message()));
      page = client.logs(id, query.from(page.next().get()));
    }
    assertThat(page.next()).isEmpty();
    assertThat(lines).containsExactly("05.400000", "05.345900", "05.345100");
  }

  @Test
  void portsHaveNamesUnderTheServerOfThisMachine() {
    Sandbox sandbox = client.create(LABELLED);
    String host = "3000-" + sandbox.sandboxId() + ".localhost:" + fake.server.getPort();
    assertThat(sandbox.host(3000)).isEqualTo(host);
    assertThat(sandbox.url(3000)).isEqualTo(URI.create("http://" + host));
    assertThat(sandbox.trafficAccessToken()).isEmpty();
    assertThatThrownBy(() -> sandbox.host(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void portsHaveNamesUnderTheDomainOfTheCloud() {
    E2bOptions options =
        E2bOptions.builder().apiKey(FakeE2b.KEY).apiUrl(fake.url()).domain("e2b.app").build();
    try (E2bClient cloud = new E2bClient(options)) {
      Sandbox sandbox = cloud.create(LABELLED);
      assertThat(sandbox.url(50005))
          .isEqualTo(URI.create("https://50005-" + sandbox.sandboxId() + ".e2b.app"));
    }
  }

  @Test
  void aCreateByLabelFindsWhatWasCreatedBefore() {
    Sandbox first = client.createOnce(LABELLED, "job");
    Sandbox second = client.createOnce(LABELLED, "job");
    assertThat(second.sandboxId()).isEqualTo(first.sandboxId());
    assertThat(fake.boxes).hasSize(1);
    first.kill();
    assertThat(client.createOnce(LABELLED, "job").sandboxId()).isNotEqualTo(first.sandboxId());
    assertThatThrownBy(() -> client.createOnce(LABELLED, "other"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other");
  }

  @Test
  void aCreateWhoseAnswerWasLostIsFoundInTheListWhenItShowsUp() {
    List<Duration> waits = new ArrayList<>();
    CreateOnce once =
        new CreateOnce(
            client,
            duration -> {
              waits.add(duration);
              if (waits.size() == 2) {
                client.create(LABELLED);
              }
            });
    fake.answerNext("/v2/sandboxes?", FakeE2b.json(200, List.of()));
    fake.answerNext("/v2/sandboxes", FakeE2b.dropped());
    Sandbox found = once.create(LABELLED, "job");
    assertThat(fake.boxes).containsOnlyKeys(found.sandboxId());
    assertThat(waits).hasSize(2);
  }

  @Test
  void aLostCreateThatNeverShowsUpFailsAsItFailedAndARefusalIsNotLookedFor() {
    List<Duration> waits = new ArrayList<>();
    CreateOnce once = new CreateOnce(client, waits::add);
    fake.answerNext("/v2/sandboxes?", FakeE2b.json(200, List.of()));
    fake.answerNext("/v2/sandboxes", FakeE2b.error(503, "busy"));
    assertThatThrownBy(() -> once.create(LABELLED, "job")).hasMessageContaining("HTTP 503");
    assertThat(waits).hasSize(5);
    fake.answerNext("/v2/sandboxes?", FakeE2b.json(200, List.of()));
    fake.answerNext("/v2/sandboxes", FakeE2b.error(429, "Rate limit exceeded"));
    assertThatThrownBy(() -> once.create(LABELLED, "job")).isInstanceOf(RateLimitedException.class);
    assertThat(waits).hasSize(5);
  }

  @Test
  void anInterruptedLookKeepsTheInterruptAndWhatWasLost() {
    CreateOnce once =
        new CreateOnce(
            client,
            duration -> {
              throw new InterruptedException("test");
            });
    fake.answerNext("/v2/sandboxes?", FakeE2b.json(200, List.of()));
    fake.answerNext("/v2/sandboxes", FakeE2b.dropped());
    Throwable failure = catchThrowable(() -> once.create(LABELLED, "job"));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure).isInstanceOf(E2bInterruptedException.class);
    assertThat(failure.getSuppressed()).hasAtLeastOneElementOfType(E2bTransportException.class);
  }

  @Test
  void answersWithoutTheirFieldsAreProtocolErrors() {
    String id = client.create(LABELLED).sandboxId();
    fake.answerNext("/snapshots", FakeE2b.json(201, Map.of("names", List.of())));
    fake.answerNext("/metrics", FakeE2b.json(200, List.of(Map.of("cpuCount", 1))));
    fake.answerNext("/metrics", FakeE2b.json(200, Map.of()));
    fake.answerNext("/logs", FakeE2b.json(200, Map.of("lines", 1)));
    assertThat(
            catchThrowableOfType(E2bProtocolException.class, () -> client.snapshots().create(id)))
        .hasMessageContaining("snapshotID");
    assertThat(
            catchThrowableOfType(E2bProtocolException.class, () -> client.metrics(id, null, null)))
        .hasMessageContaining("timestamp");
    assertThat(catchThrowableOfType(E2bProtocolException.class, () -> client.metrics(List.of(id))))
        .hasMessageContaining("sandboxes");
    assertThat(
            catchThrowableOfType(E2bProtocolException.class, () -> client.logs(id, LogQuery.all())))
        .hasMessageContaining("logs");
  }
}
