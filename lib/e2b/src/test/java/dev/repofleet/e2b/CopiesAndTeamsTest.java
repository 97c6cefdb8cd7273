package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Forks, pauses without memory, the rest of the network, health, and what a team uses. */
class CopiesAndTeamsTest extends FakeSandboxTest {
  @Test
  void aForkIsASandboxOfItsOwn() {
    Sandbox fork = sandbox.fork(Duration.ofMillis(59_001));
    assertThat(FakeE2b.json(fake.last("/fork")).toString())
        .isEqualTo("{\"timeout\":60,\"count\":1}");
    assertThat(fork.sandboxId()).isNotEqualTo(sandbox.sandboxId());
    fork.files().writeText("/x", "y");
    assertThat(fork.kill()).isTrue();
    assertThat(sandbox.isRunning()).isTrue();
  }

  @Test
  void eachOfSeveralForksSucceedsOrFailsForItself() {
    fake.quota = 3;
    List<Fork> forks = client.fork(sandbox.sandboxId(), Duration.ofMinutes(1), 3);
    assertThat(forks).extracting(Fork::succeeded).containsExactly(true, true, false);
    assertThatThrownBy(() -> forks.get(2).sandbox())
        .isInstanceOfSatisfying(RateLimitedException.class, e -> assertThat(e.isQuota()).isTrue())
        .hasMessageContaining("fork sandbox " + sandbox.sandboxId());
    assertThatThrownBy(() -> sandbox.fork(Duration.ofMinutes(1)))
        .isInstanceOf(RateLimitedException.class);
  }

  @Test
  void aForkOfNothingOrOfNonsenseIsRefused() {
    assertThatThrownBy(() -> client.fork("igone", Duration.ofMinutes(1), 1))
        .isInstanceOf(SandboxNotFoundException.class);
    assertThatThrownBy(() -> client.fork(sandbox.sandboxId(), Duration.ZERO, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.fork(sandbox.sandboxId(), Duration.ofMinutes(1), 101))
        .isInstanceOf(IllegalArgumentException.class);
    for (Object answer : List.of(List.of(), List.of(Map.of()), Map.of(), "x")) {
      fake.answerNext("/fork", FakeE2b.json(201, answer));
      assertThatThrownBy(() -> sandbox.fork(Duration.ofMinutes(1)))
          .as("%s", answer)
          .isInstanceOf(E2bProtocolException.class);
    }
  }

  @Test
  void aPauseMayKeepTheFilesAlone() {
    assertThat(sandbox.pause(false)).isTrue();
    assertThat(FakeE2b.json(fake.last("/pause")).toString()).isEqualTo("{\"memory\":false}");
    assertThat(sandbox.pause(false)).isFalse();
  }

  @Test
  void whetherItAnswersIsAskedWithoutTheApi() {
    long calls = fake.countOf("/sandboxes");
    assertThat(sandbox.isRunning()).isTrue();
    fake.box(sandbox.sandboxId()).state = "paused";
    assertThat(sandbox.isRunning()).isFalse();
    fake.answerNext("/health", FakeE2b.error(409, "The sandbox is still transitioning."));
    assertThatThrownBy(sandbox::isRunning).isInstanceOf(SandboxUnavailableException.class);
    fake.answerNext("/health", FakeE2b.dropped());
    assertThatThrownBy(sandbox::isRunning).isInstanceOf(E2bTransportException.class);
    assertThat(fake.countOf("/sandboxes")).isEqualTo(calls);
  }

  @Test
  void aProxyAndTlsPortsAreSpelledAsTheApiSpellsThem() {
    SandboxNetwork network =
        SandboxNetwork.builder()
            .egressProxy(EgressProxy.of("proxy.example:1080").as("ann", "hush"))
            .httpsPort(3000)
            .build();
    SandboxSpec spec = SandboxSpec.builder().network(network).build();
    client.create(spec);
    assertThat(FakeE2b.json(fake.last("/v2/sandboxes")).path("network").toString())
        .isEqualTo(
            "{\"egressProxy\":{\"address\":\"proxy.example:1080\",\"username\":\"ann\","
                + "\"password\":\"hush\"},\"httpsPorts\":[3000]}");
    sandbox.updateNetwork(network);
    assertThat(FakeE2b.json(fake.last("/network")).toString())
        .isEqualTo(
            "{\"egressProxy\":{\"address\":\"proxy.example:1080\",\"username\":\"ann\","
                + "\"password\":\"hush\"}}");
    assertThat(spec.toString()).contains("proxy.example:1080").doesNotContain("hush");
    assertThatThrownBy(() -> EgressProxy.of("http://proxy.example:1080"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EgressProxy.of("p:1").as("ann", "x".repeat(256)))
        .hasMessageContaining("256")
        .hasMessageNotContaining("xxx");
    assertThatThrownBy(() -> SandboxNetwork.builder().httpsPort(49983).build())
        .hasMessageContaining("49983");
  }

  @Test
  void theNetworkThatTheApiShowsIsReadWithoutItsSecrets() {
    Map<String, Object> network =
        Map.of(
            "denyOut", List.of("10.0.0.0/8"),
            "rules", Map.of("api.example", List.of(Map.of("transform", Map.of()))),
            "egressProxy", Map.of("address", "proxy.example:1080"),
            "allowPublicTraffic", false,
            "httpsPorts", List.of(3000));
    fake.answerNext(
        "/sandboxes/",
        FakeE2b.json(
            200,
            Map.of(
                "sandboxID", "i1",
                "templateID", "t",
                "state", "running",
                "startedAt", "2026-01-02T03:04:05Z",
                "endAt", "2026-01-02T03:04:05Z",
                "network", network)));
    assertThat(client.get("i1").network())
        .isEqualTo(
            new NetworkInfo(
                List.of(),
                List.of("10.0.0.0/8"),
                List.of("api.example"),
                "proxy.example:1080",
                false,
                null,
                List.of(3000)));
    assertThat(sandbox.info().network()).isNull();
  }

  @Test
  void whatATeamUsesIsReadInWholeSeconds() {
    Map<String, Object> one =
        Map.of(
            "timestamp",
            "2026-01-02T03:04:05Z",
            "timestampUnix",
            1767323045L,
            "concurrentSandboxes",
            7,
            "sandboxStartRate",
            0.5);
    fake.answerNext("/teams/", FakeE2b.json(200, List.of(one)));
    Instant at = Instant.parse("2026-01-02T03:04:05Z");
    assertThat(client.team("t-1").metrics(at, null)).containsExactly(new TeamLoad(at, 7, 0.5));
    assertThat(fake.last("/teams/").getTarget()).isEqualTo("/teams/t-1/metrics?start=1767323045");
    fake.answerNext("/teams/", FakeE2b.json(200, Map.of("timestampUnix", 1767323045L, "value", 9)));
    assertThat(client.team("t-1").peak(TeamPeak.Metric.CONCURRENT_SANDBOXES, null, at))
        .isEqualTo(new TeamPeak(at, 9));
    assertThat(fake.last("/teams/").getTarget())
        .isEqualTo("/teams/t-1/metrics/max?end=1767323045&metric=concurrent_sandboxes");
    fake.answerNext("/teams/", FakeE2b.error(403, "not your team"));
    assertThatThrownBy(() -> client.team("t-2").metrics(null, null))
        .isInstanceOf(AuthenticationException.class);
    fake.answerNext("/teams/", FakeE2b.json(200, List.of(Map.of())));
    assertThatThrownBy(() -> client.team("t-1").metrics(null, null))
        .isInstanceOf(E2bProtocolException.class);
    assertThatThrownBy(() -> client.team("../x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFileCarriesLabels() {
    sandbox.files().write("/x", ascii("1"), Map.of("Origin", "a b"));
    assertThat(fake.last("/files").getHeaders().get("X-Metadata-Origin")).isEqualTo("a b");
    Map<String, Object> entry = Map.of("name", "x", "metadata", Map.of("origin", "a b"));
    fake.answerNext("/Stat", FakeE2b.json(200, Map.of("entry", entry)));
    assertThat(sandbox.files().stat("/x").metadata()).isEqualTo(Map.of("origin", "a b"));
    for (Map<String, String> wrong :
        List.of(Map.of("", "v"), Map.of("a b", "v"), Map.of("a", "ä"), Map.of("a", "x\r\nY: z"))) {
      assertThatThrownBy(() -> sandbox.files().write("/x", ascii("1"), wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> sandbox.files().write("/x", ascii("1"), Map.of("a", "x".repeat(4096))))
        .hasMessageContaining("4096 bytes");
  }
}
