package dev.repofleet.starter.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.command.TerminalSize;
import dev.repofleet.starter.render.TextColumns;
import dev.repofleet.starter.render.TextStyle;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private static final Instant NOW = Instant.parse("2024-05-06T07:08:09Z");
  private static final Instant BEGUN = NOW.minusSeconds(125);

  private final LiveBatch batch = new LiveBatch("some-batch", 4);

  private static LiveRow working(String target, String stage, long seconds) {
    return new LiveRow(
        target,
        stage,
        0,
        12,
        0.4321,
        new SeverityCounts(0, 1, 2, 0, 0),
        NOW.minusSeconds(seconds),
        null,
        null,
        null);
  }

  private static LiveRow ended(
      String target, RepositoryStatus status, @Nullable String cause, int seconds) {
    return new LiveRow(
        target,
        status.word(),
        1,
        null,
        0.2,
        SeverityCounts.NONE,
        null,
        Duration.ofSeconds(seconds),
        status,
        cause);
  }

  private List<String> lines(int columns, int rows) {
    return new LiveTable(batch, new TextStyle(columns, false), rows, NOW, BEGUN).lines();
  }

  @Test
  void a_table_a_bar_and_totals_fit_into_eighty_columns() {
    batch.works(0, working("github.com/owner/a-name-that-is-quite-a-bit-longer", "run", 65));
    batch.ends(1, ended("owner/b", RepositoryStatus.COMPLETE, null, 100));
    batch.ends(2, ended("owner/c", RepositoryStatus.FAILED, "git_not_found", 3));
    assertThat(lines(79, 24))
        .containsExactly(
            "REPOSITORY             STAGE                  TURN   COST  FINDINGS        TIME",
            "…s-quite-a-bit-longer  run                       0  $0.43         3   1 min 5 s",
            "owner/c                failed: git_not_found     1  $0.20         -         3 s",
            "owner/b                complete                  1  $0.20         0  1 min 40 s",
            "",
            "███████████████░░░░░░░░░░░░░░░  50 %  2 of 4 ended, 1 in work, 1 queued",
            "some-batch · 2 min 5 s · about 2 min left · $0.83 · 3 findings · 1 failed")
        .allMatch(line -> TextColumns.of(line) <= 79);
  }

  @Test
  void where_there_is_room_steps_and_severities_are_shown_too() {
    batch.works(0, working("owner/a", "run", 65));
    assertThat(lines(140, 24).get(0)).contains("STEPS");
    assertThat(lines(140, 24).get(1)).contains(" 12 ", "1 high, 2 medium");
  }

  @Test
  void a_hold_stands_below_as_long_as_it_lasts_and_takes_its_room() {
    for (int i = 0; i < 7; i++) {
      batch.works(i, working("owner/" + i, "run", i));
    }
    batch.held("Batch some-batch is held: \u001b[2Jwhy. Mend that.");
    assertThat(lines(79, 10))
        .hasSize(9)
        .contains("… and 4 more in work")
        .last()
        .isEqualTo("Batch some-batch is held: [2Jwhy. Mend that.");
    batch.held(null);
    assertThat(lines(79, 10)).noneMatch(line -> line.contains("held"));
  }

  @Test
  void what_has_no_room_is_counted() {
    for (int i = 0; i < 7; i++) {
      batch.works(i, working("owner/" + i, "run", i));
    }
    assertThat(lines(79, 10))
        .hasSize(9)
        .anyMatch(line -> line.startsWith("owner/3"))
        .noneMatch(line -> line.startsWith("owner/4"))
        .contains("… and 3 more in work");
  }

  @Test
  void one_that_takes_far_longer_than_the_others_is_not_about_to_end() {
    batch.ends(0, ended("owner/a", RepositoryStatus.COMPLETE, null, 10));
    batch.works(1, working("owner/b", "lease", 400));
    batch.works(2, working("owner/c", "run", 9));
    batch.works(3, working("owner/d", "run", 10));
    assertThat(batch.left(NOW)).contains(Duration.ofSeconds(100));
  }

  @Test
  void the_time_left_is_that_of_the_complete_ones_for_the_rest_as_many_at_once_as_now() {
    assertThat(batch.left(NOW)).isEmpty();
    batch.works(0, working("owner/a", "run", 40));
    assertThat(batch.left(NOW)).isEmpty();
    batch.ends(1, ended("owner/b", RepositoryStatus.COMPLETE, null, 100));
    batch.ends(2, ended("owner/c", RepositoryStatus.FAILED, "git_auth", 1));
    // 60 s of the one in work, 100 s of the one that is queued, one at a time.
    assertThat(batch.left(NOW)).contains(Duration.ofSeconds(160));
    batch.works(3, working("owner/d", "run", 0));
    assertThat(batch.left(NOW)).contains(Duration.ofSeconds(100));
    batch.held("Batch nightly is paused");
    assertThat(batch.left(NOW)).as("time left of what rests").isEmpty();
  }

  @Test
  void it_is_drawn_in_its_place_and_what_is_said_stays_above_it() {
    StringWriter out = new StringWriter();
    LiveScreen screen = new LiveScreen(new PrintWriter(out));
    screen.draw(List.of("one", "\u001b[31mtwo\u001b[0m"), 80);
    screen.say("news", 80);
    screen.draw(List.of("three"), 80);
    screen.erase(80);
    assertThat(out.toString().replace("\u001b[", "<").lines())
        .containsExactly(
            "one",
            "<31mtwo<0m",
            "",
            "<2A<Jnews",
            "one",
            "<31mtwo<0m",
            "",
            "<2A<Jthree",
            "",
            "<1A<J");
  }

  @Test
  void a_terminal_that_became_narrower_has_broken_the_lines_that_are_erased() {
    StringWriter out = new StringWriter();
    LiveScreen screen = new LiveScreen(new PrintWriter(out));
    screen.draw(List.of("x".repeat(79), "", "x".repeat(40)), 80);
    screen.draw(List.of(), 40);
    assertThat(out.toString()).endsWith("\r\u001b[4A\u001b[J");
  }

  @Test
  void colours_are_left_out_when_asked_to() {
    StringWriter out = new StringWriter();
    batch.ends(0, ended("owner/a", RepositoryStatus.FAILED, "git_auth", 1));
    new LiveView(
            batch,
            new PrintWriter(out),
            Map.of("TERM", "xterm", "NO_COLOR", "1"),
            () -> new TerminalSize(80, 24),
            Clock.fixed(NOW, ZoneOffset.UTC))
        .draw();
    assertThat(out.toString()).contains("failed: git_auth").doesNotContain("\u001b[31m");
  }
}
