package dev.repofleet.starter.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.LivePiece;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.starter.batch.BatchEnd;
import dev.repofleet.starter.batch.FakeBatch;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time passes only in the pauses between two looks, and what happens, happens there. */
class LogFollowerTest {
  @TempDir Path folder = Path.of("");

  private final List<String> shown = new ArrayList<>();
  private final Deque<Runnable> happenings = new ArrayDeque<>();
  private Instant now = TestProgram.NOW;
  private ArtifactStore store;
  private FakeBatch batch;

  @BeforeEach
  void oneRepository() {
    store = ArtifactStores.open(folder.resolve("store").toString());
    batch = new FakeBatch(store, 2);
  }

  private LogFollower follower() {
    InstantSource time = () -> now;
    return new LogFollower(
        batch,
        batch.records(),
        batch.row(0),
        new LogFollower.Listener(
            (turn, line) -> shown.add(turn + " " + line), line -> shown.add("- " + line)),
        time.withZone(ZoneOffset.UTC),
        length -> {
          now = now.plus(length);
          if (happenings.isEmpty()) {
            throw new AssertionError("it goes on: " + shown);
          }
          happenings.remove().run();
        });
  }

  private void then(Runnable... happening) {
    happenings.addAll(List.of(happening));
  }

  private void piece(int generation, int turn, int incarnation, long first, String... lines) {
    LivePiece piece = new LivePiece(generation, turn, incarnation, first, first + lines.length - 1);
    store.putNamed(ArtifactPaths.live(FakeBatch.ID, batch.row(0).key(), piece), gzipped(lines));
  }

  private static byte[] gzipped(String... lines) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      for (String line : lines) {
        gzip.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Test
  void a_review_is_followed_from_its_place_in_the_line_to_its_end() throws InterruptedException {
    then(
        () -> batch.enter(0, Stage.CLONE, 0),
        () -> batch.enter(0, Stage.RUN, 0),
        () -> piece(0, 0, 0, 1, "one"),
        () -> piece(0, 0, 0, 2, "two", "three"),
        () -> {
          piece(0, 1, 0, 1, "four");
          batch.finish(0, RepositoryStatus.COMPLETE, null);
        });
    follower().show(true);
    assertThat(shown)
        .containsExactly(
            "- owner/r0  queued: it has not been started yet",
            "- owner/r0  clone",
            "- owner/r0  run turn 0",
            "0 one",
            "0 two",
            "0 three",
            "1 four",
            "- owner/r0  complete · findings: none · $0.12");
  }

  @Test
  void lines_that_two_followers_stored_are_shown_once_and_missing_ones_are_counted()
      throws InterruptedException {
    batch.enter(0, Stage.RUN, 0);
    piece(0, 0, 0, 1, "one", "two");
    piece(0, 0, 0, 2, "two", "three");
    piece(0, 0, 0, 3, "three");
    piece(0, 0, 0, 10, "ten");
    piece(0, 0, 1, 1, "again");
    then(() -> batch.finish(0, RepositoryStatus.COMPLETE, null));
    follower().show(true);
    assertThat(shown)
        .containsSubsequence("0 one", "0 two", "0 three", "0 ten", "0 again")
        .contains(
            "- 6 events were too much for the live view: the same command without -f shows all of"
                + " them.")
        .doesNotHaveDuplicates();
  }

  @Test
  void without_following_what_there_is_is_shown_and_the_stage_said() throws InterruptedException {
    batch.enter(0, Stage.PREPARE, 0);
    follower().show(false);
    assertThat(shown).containsExactly("- owner/r0  prepare");
  }

  @Test
  void an_ended_review_is_shown_from_its_events() throws InterruptedException {
    batch.finish(0, RepositoryStatus.PARTIAL, "budget_exhausted");
    String key = batch.row(0).key();
    ArtifactRef events =
        store.putNamed(ArtifactPaths.events(FakeBatch.ID, key), gzipped("all", "of", "it"));
    store.putNamed(
        ArtifactPaths.review(FakeBatch.ID, key),
        ArtifactJson.pretty(
            batch.result(
                0,
                RepositoryStatus.PARTIAL,
                "budget_exhausted",
                new ReviewArtifacts(null, null, null, null, events, null))));
    piece(0, 0, 0, 1, "live is not asked for");
    follower().show(true);
    assertThat(shown)
        .containsExactly(
            "null all",
            "null of",
            "null it",
            "- owner/r0  partial (budget_exhausted) · findings: none · $0.12");
  }

  @Test
  void a_review_without_an_agent_or_a_result_says_so() throws InterruptedException {
    batch.finish(0, RepositoryStatus.FAILED, "git_not_found");
    follower().show(true);
    assertThat(shown).startsWith("- No agent has worked on owner/r0.");
    shown.clear();
    batch = new FakeBatch(ArtifactStores.open(folder.resolve("other").toString()), 1);
    batch.end(BatchEnd.COMPLETED);
    follower().show(true);
    assertThat(shown).singleElement().asString().contains("was never started, or left no result");
  }

  @Test
  void a_server_that_is_away_is_said_once_and_waited_for() throws InterruptedException {
    batch.enter(0, Stage.RUN, 0);
    then(
        () -> batch.serverAway = true,
        () -> piece(0, 0, 0, 1, "one"),
        () -> {},
        () -> batch.serverAway = false,
        () -> batch.finish(0, RepositoryStatus.COMPLETE, null));
    follower().show(true);
    assertThat(shown)
        .containsExactly(
            "- owner/r0  run turn 0",
            "- Temporal at here does not answer (UNAVAILABLE). The review goes on where it can;"
                + " still trying.",
            "0 one",
            "- Temporal answers again.",
            "- owner/r0  complete · findings: none · $0.12");
    batch.serverAway = true;
    assertThatThrownBy(() -> follower().show(false)).isInstanceOf(TemporalAwayException.class);
  }

  @Test
  void a_server_that_stays_away_ends_the_following_with_the_way_back() {
    batch.serverAway = true;
    for (int i = 0; i < 700; i++) {
      then(() -> {});
    }
    assertThatThrownBy(() -> follower().show(true))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(5))
        .hasMessageEndingWith(
            "for 10 minutes: when it is back, `repofleet logs some-batch "
                + batch.row(0).key()
                + " -f` shows it");
    assertThat(Duration.between(TestProgram.NOW, now))
        .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
  }
}
