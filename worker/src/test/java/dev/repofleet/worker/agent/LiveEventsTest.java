package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnInput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveEventsTest {
  private static final String KEY = "sk-ant-0123456789abcdef";
  private static final KnownSecrets SECRETS = KnownSecrets.of(Map.of("ANTHROPIC_API_KEY", KEY));

  @TempDir private Path folder;
  private ArtifactStore store;
  private Instant now = Instant.parse("2024-05-06T07:08:09Z");

  /** What the processes have written, by incarnation. */
  private final Map<Integer, ByteArrayOutputStream> outputs = new TreeMap<>();

  @BeforeEach
  void openTheStore() {
    store = ArtifactStores.open(folder.resolve("store").toString());
  }

  private LiveEvents follower(LiveEvents.@Nullable Position before) {
    return new LiveEvents(
        store,
        SECRETS,
        () -> now,
        new TurnInput(
            "b",
            "k",
            "sandbox",
            "fence",
            0,
            1,
            "session",
            PromptKind.REVIEW,
            0,
            "commit",
            null,
            AgentKind.REHEARSAL,
            new PlanRef("artifact:plan", "0".repeat(64), "test"),
            1,
            1,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            null,
            null,
            false,
            null,
            null,
            null),
        before,
        (incarnation, offset, count) -> range(incarnation, offset, count));
  }

  private byte[] range(int incarnation, long offset, int count) {
    byte[] all = output(incarnation).toByteArray();
    int from = (int) Math.min(offset, all.length);
    return Arrays.copyOfRange(all, from, Math.min(all.length, from + count));
  }

  private ByteArrayOutputStream output(int incarnation) {
    return outputs.computeIfAbsent(incarnation, i -> new ByteArrayOutputStream());
  }

  /** The process writes, and the follower reads just that. */
  private void write(LiveEvents live, String text) {
    long offset = output(0).size();
    output(0).writeBytes(text.getBytes(UTF_8));
    live.accept(0, offset, text.getBytes(UTF_8));
  }

  private void later(int seconds) {
    now = now.plusSeconds(seconds);
  }

  private List<String> pieces() {
    return store.list(ArtifactPaths.liveFolder("b", "k")).stream()
        .map(uri -> ArtifactUri.path(uri).substring("reviews/b/k/live/".length()))
        .toList();
  }

  private List<String> lines(String piece) {
    String uri = ArtifactUri.of("reviews/b/k/live/" + piece);
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(store.read(uri, 8 << 20)))) {
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void only_whole_lines_are_stored_and_at_most_every_two_seconds() {
    LiveEvents live = follower(null);
    write(live, "one\ntw");
    write(live, "o\nthree\n");
    assertThat(pieces()).containsExactly("0.1.0/0000000001-0000000001.jsonl.gz");
    assertThat(live.waiting()).isTrue();
    later(2);
    live.storeWhenDue();
    assertThat(live.waiting()).isFalse();
    assertThat(pieces()).hasSize(2).contains("0.1.0/0000000002-0000000003.jsonl.gz");
    assertThat(lines("0.1.0/0000000002-0000000003.jsonl.gz")).containsExactly("two", "three");
    later(60);
    live.storeWhenDue();
    assertThat(pieces()).hasSize(2);
  }

  @Test
  void a_follower_after_a_kill_stores_what_the_last_one_had_not() {
    LiveEvents killed = follower(null);
    write(killed, "one\n");
    write(killed, "two\nthr");
    LiveEvents.Position told = killed.position();
    assertThat(told).isEqualTo(new LiveEvents.Position(0, 4, 1));
    output(0).writeBytes("ee\nfour\n".getBytes(UTF_8));

    LiveEvents next = follower(told);
    next.accept(0, 11, range(0, 11, 100));
    assertThat(pieces())
        .containsExactly(
            "0.1.0/0000000001-0000000001.jsonl.gz", "0.1.0/0000000002-0000000004.jsonl.gz");
    assertThat(lines("0.1.0/0000000002-0000000004.jsonl.gz"))
        .containsExactly("two", "three", "four");
  }

  @Test
  void a_follower_with_an_old_place_numbers_the_lines_as_the_last_one_did() {
    LiveEvents killed = follower(null);
    write(killed, "one\n");
    LiveEvents.Position told = killed.position();
    later(2);
    write(killed, "two\nthree\n");

    LiveEvents next = follower(told);
    next.end(0, output(0).size());
    assertThat(pieces())
        .containsExactly(
            "0.1.0/0000000001-0000000001.jsonl.gz", "0.1.0/0000000002-0000000003.jsonl.gz");
  }

  @Test
  void the_last_lines_of_a_process_are_stored_at_its_end_and_the_next_one_counts_anew() {
    LiveEvents live = follower(null);
    write(live, "one\n");
    output(0).writeBytes("two\nthree\nhal".getBytes(UTF_8));
    live.end(0, output(0).size());
    output(1).writeBytes("again\n".getBytes(UTF_8));
    later(2);
    live.accept(1, 0, range(1, 0, 100));
    assertThat(pieces())
        .containsExactly(
            "0.1.0/0000000001-0000000001.jsonl.gz",
            "0.1.0/0000000002-0000000003.jsonl.gz",
            "0.1.1/0000000001-0000000001.jsonl.gz");
    assertThat(live.position()).isEqualTo(new LiveEvents.Position(1, 6, 1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void a_key_is_taken_out_wherever_the_reads_are_cut(long seed) {
    String text = "{\"t\":\"" + KEY + "\"}\n☃ " + KEY + KEY + "\nend\n";
    byte[] bytes = text.getBytes(UTF_8);
    Random random = new Random(seed);
    LiveEvents live = follower(null);
    for (int from = 0; from < bytes.length; ) {
      int count = Math.min(1 + random.nextInt(9), bytes.length - from);
      output(0).write(bytes, from, count);
      live.accept(0, from, Arrays.copyOfRange(bytes, from, from + count));
      later(random.nextInt(2));
      from += count;
    }
    live.end(0, bytes.length);
    List<String> all = new ArrayList<>();
    pieces().forEach(piece -> all.addAll(lines(piece)));
    assertThat(all).containsExactly("{\"t\":\"***\"}", "☃ ******", "end");
  }

  @Test
  void long_texts_in_a_line_are_cut_and_the_line_stays_json() {
    LiveEvents live = follower(null);
    String result =
        "{\"type\":\"result\",\"total_cost_usd\":0.5,\"result\":\""
            + "x".repeat(100_000)
            + KEY
            + "\",\"structured_output\":{\"findings\":["
            + "{\"title\":\"y\"},".repeat(20_000)
            + "{}]}}\n";
    write(live, result);
    JsonNode shown =
        ArtifactJson.read(
            lines("0.1.0/0000000001-0000000001.jsonl.gz").get(0), JsonNode.class, "line");
    assertThat(shown.path("type").asText()).isEqualTo("result");
    assertThat(shown.path("total_cost_usd").asDouble()).isEqualTo(0.5);
    assertThat(shown.path("result").asText()).hasSize(4097).endsWith("x…");
    assertThat(shown.has("structured_output")).isFalse();
    assertThat(shown.path("repofleetCut").asLong()).isEqualTo(result.length() - 1);
  }

  @Test
  void a_line_of_any_length_costs_bounded_memory_and_is_told() {
    LiveEvents live = follower(null);
    String long1 = "z".repeat(1 << 20);
    for (int i = 0; i < 5; i++) {
      write(live, long1);
    }
    write(live, KEY + "\nshort\n");
    assertThat(lines("0.1.0/0000000001-0000000002.jsonl.gz"))
        .containsExactly(
            "{\"type\":\"unknown\",\"repofleetCut\":" + ((5 << 20) + KEY.length()) + "}", "short");
  }

  @Test
  void more_than_a_piece_holds_is_left_out_and_the_numbers_show_it() {
    LiveEvents live = follower(null);
    write(live, "first\n");
    String line = "a".repeat(60_000) + "\n";
    for (int i = 0; i < 40; i++) {
      write(live, line);
    }
    later(2);
    write(live, "after\n");
    later(2);
    write(live, "last\n");
    assertThat(pieces())
        .containsExactly(
            "0.1.0/0000000001-0000000001.jsonl.gz",
            "0.1.0/0000000002-0000000018.jsonl.gz",
            "0.1.0/0000000043-0000000043.jsonl.gz");
    assertThat(lines("0.1.0/0000000043-0000000043.jsonl.gz")).containsExactly("last");
  }

  @Test
  void a_store_that_fails_stops_nothing() throws IOException {
    LiveEvents live = follower(null);
    write(live, "one\n");
    Path reviews = folder.resolve("store/reviews");
    Path away = Files.move(reviews, folder.resolve("away"));
    Files.writeString(reviews, "in the way", StandardOpenOption.CREATE_NEW);
    later(2);
    write(live, "two\n");
    assertThat(live.waiting()).isFalse();
    Files.delete(reviews);
    Files.move(away, reviews);
    later(2);
    write(live, "three\n");
    assertThat(pieces())
        .containsExactly(
            "0.1.0/0000000001-0000000001.jsonl.gz", "0.1.0/0000000003-0000000003.jsonl.gz");
  }
}
