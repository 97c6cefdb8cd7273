package dev.repofleet.starter.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.pool.PoolStatus;
import dev.repofleet.workflows.pool.settings.IdleState;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.Reuse;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A pool in words. */
class PoolTextTest {
  private static final Fleet STAGING = new Fleet("staging");

  private static PoolStatus status(
      Map<String, Integer> waiting, @Nullable String held, @Nullable Long closedUntil) {
    return new PoolStatus(
        "sandbox-pool/default",
        PoolSettings.DEFAULT,
        7,
        5,
        1,
        1,
        3,
        12,
        2.5,
        waiting.values().stream().mapToInt(Integer::intValue).sum(),
        waiting,
        2,
        "fewer places: others use the account",
        held,
        closedUntil,
        9);
  }

  private static List<String> lines(Fleet fleet, PoolStatus status) {
    return new PoolText(fleet, status, Clock.fixed(TestProgram.NOW, ZoneOffset.UTC)).lines();
  }

  @Test
  void everything_is_told() {
    assertThat(lines(STAGING, status(Map.of("b1", 2, "b2", 1), null, null)))
        .containsExactly(
            "Pool sandbox-pool/staging.default: fewer places: others use the account",
            "",
            "places              7 taken of 12, the maximum is 20",
            "  leased            5",
            "  warm              1",
            "  unresolved        1",
            "parked              3 of 100",
            "without an owner    2: `repofleet sandboxes list --fleet staging` shows them",
            "of others           9 run on this account",
            "create rate         2.5 a second, the setting is 5",
            "waiting             3",
            "  b1                2",
            "  b2                1",
            "",
            "settings",
            "  maximumPoolSize   20",
            "  createRate        5 a second",
            "  maxPaused         100",
            "  minimumIdle       none",
            "  idle              running",
            "  maxLifetime       30m",
            "  idleTimeout       10m",
            "  reuse             none");
  }

  @Test
  void a_held_pool_tells_why_and_the_way_out() {
    assertThat(lines(Fleet.DEFAULT, status(Map.of("nightly", 1), "the key is refused.", null)))
        .contains(
            "No permit is given: the key is refused. Mend that, then `repofleet resume nightly`.");
  }

  @Test
  void a_closed_pool_tells_until_when() {
    long until = TestProgram.NOW.plusSeconds(90).toEpochMilli();
    assertThat(lines(Fleet.DEFAULT, status(Map.of(), null, until)))
        .contains("No permit is given until 2024-05-06 07:09:39, for 1 min 30 s more.");
  }

  @Test
  void hostile_names_neither_act_on_the_terminal_nor_stand_in_a_command() {
    String hostile = "x`; rm -rf ~ #\u001b[2J\u202e";
    assertThat(lines(Fleet.DEFAULT, status(Map.of(hostile, 1), "why\u001b]0;t\u0007\nnow", null)))
        .noneMatch(line -> line.chars().anyMatch(c -> c < ' ' || c == 0x202e))
        .anyMatch(line -> line.endsWith("`repofleet resume BATCH`."));
  }

  @Test
  void many_batches_are_cut() {
    Map<String, Integer> waiting = new TreeMap<>();
    for (int i = 0; i < 45; i++) {
      waiting.put("b" + (100 + i), 1);
    }
    assertThat(lines(Fleet.DEFAULT, status(waiting, null, null)))
        .contains("  … and 25 batches more")
        .contains("  b119              1")
        .doesNotContain("  b120              1");
  }

  @Test
  void the_json_line_has_units_in_its_names() {
    JsonNode line =
        ArtifactJson.read(
            PoolLines.of(STAGING, status(Map.of("b", 4), "why", 0L)), JsonNode.class, "line");
    assertThat(line.path("type").asText()).isEqualTo("pool");
    assertThat(line.path("state").asText()).isEqualTo("open");
    assertThat(line.path("fleet").asText()).isEqualTo("staging");
    assertThat(line.path("waitingByBatch").path("b").asInt()).isEqualTo(4);
    assertThat(line.path("held").asText()).isEqualTo("why");
    assertThat(line.path("closedUntil").asText()).isEqualTo("1970-01-01T00:00:00Z");
    assertThat(line.path("settings").path("maxLifetimeSeconds").asInt()).isEqualTo(1800);
  }

  @Test
  void changes_name_what_differs_in_values_that_can_be_typed() {
    PoolSettings after =
        new PoolSettings(
            100,
            0.5,
            100,
            Map.of("claude", 3, "node", 1),
            IdleState.PAUSED,
            Duration.ofMinutes(90),
            Duration.ofMinutes(10),
            Reuse.REPOSITORY);
    assertThat(PoolWords.changes(PoolSettings.DEFAULT, after))
        .containsExactly(
            Map.entry("maximumPoolSize", "20 → 100"),
            Map.entry("createRate", "5 a second → 0.5 a second"),
            Map.entry("minimumIdle", "none → claude=3, node=1"),
            Map.entry("idle", "running → paused"),
            Map.entry("maxLifetime", "30m → 1h30m"),
            Map.entry("reuse", "none → repository"));
    assertThat(PoolWords.changes(after, after)).isEmpty();
  }
}
