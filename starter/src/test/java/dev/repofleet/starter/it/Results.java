package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.e2b.local.model.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;

/** A folder that {@code --out} filled, held against what the model says of the same work. */
final class Results {
  /** Shorter lines, such as a closing brace, say nothing of where they come from. */
  private static final int TELLING = 24;

  private final Path folder;
  private final JsonNode batch;

  Results(Path folder) {
    this.folder = folder;
    this.batch = json("batch.json");
  }

  /** {@code batch.json}. */
  JsonNode batch() {
    return batch;
  }

  /** The rows, in the order of the input. */
  List<JsonNode> rows() {
    return StreamSupport.stream(batch.path("repositories").spliterator(), false).toList();
  }

  /** The keys of all rows. */
  List<String> keys() {
    return rows().stream().map(row -> row.path("key").asText()).toList();
  }

  /** The {@code review.json} of a row. */
  JsonNode review(JsonNode row) {
    return json(row.path("files").path("review").asText());
  }

  /** A file of a row, by its name in {@code files}. */
  Path file(JsonNode row, String name) {
    Path file = folder.resolve(row.path("files").path(name).asText());
    assertThat(file).as("%s of %s", name, row.path("target")).isRegularFile();
    return file;
  }

  /** A file of the folder as text. */
  String text(String name) {
    return read(folder.resolve(name));
  }

  private JsonNode json(String name) {
    return ArtifactJson.read(text(name), JsonNode.class, name);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each row complete, with nothing said against it. */
  void assertAllComplete(int count) {
    assertThat(batch.path("status").asText()).isEqualTo("complete");
    assertThat(batch.path("rehearsal").asBoolean()).isFalse();
    assertThat(rows()).hasSize(count);
    for (JsonNode row : rows()) {
      assertThat(row.path("status").asText()).as(row.toPrettyString()).isEqualTo("complete");
      assertThat(row.hasNonNull("cause")).isFalse();
    }
  }

  /**
   * The model was asked as often as each session needs, never twice the same, and both sides count
   * the same tokens: by session, by row, and over all.
   */
  void assertLedger(Ledger ledger, int callsEach) {
    List<String> sessions = rows().stream().map(row -> row.path("sessionId").asText()).toList();
    assertThat(ledger.totalsBySession().keySet()).containsExactlyInAnyOrderElementsOf(sessions);
    assertThat(assertLedgerOfRows(ledger, callsEach)).isEqualTo(ledger.totals().usage());
  }

  /** The same of the sessions of these rows alone; returns their sum. */
  Usage assertLedgerOfRows(Ledger ledger, int callsEach) {
    Usage sum = Usage.NONE;
    for (JsonNode row : rows()) {
      String session = row.path("sessionId").asText();
      List<Ledger.Call> calls = ledger.calls(session);
      assertThat(calls).as("calls of %s", row.path("target")).hasSize(callsEach);
      assertThat(calls).extracting(Ledger.Call::outcome).containsOnly(Ledger.Outcome.ANSWERED);
      assertThat(calls).extracting(Ledger.Call::conversation).doesNotHaveDuplicates();
      assertThat(usage(row.path("usage"))).isEqualTo(ledger.totals(session).usage());
      assertThat(row.path("costUsd").asDouble()).isPositive();
      sum = sum.plus(usage(row.path("usage")));
    }
    assertThat(usage(batch.path("usage"))).isEqualTo(sum);
    assertThat(batch.path("usage").path("costUsd").asDouble()).isPositive();
    assertThat(batch.path("usage").path("costSource").asText()).isEqualTo("reported");
    return sum;
  }

  private static Usage usage(JsonNode usage) {
    for (String name :
        List.of("inputTokens", "cacheWriteTokens", "cacheReadTokens", "outputTokens")) {
      assertThat(usage.path(name).isIntegralNumber()).as(name).isTrue();
    }
    return new Usage(
        usage.path("inputTokens").asLong(),
        usage.path("cacheWriteTokens").asLong(),
        usage.path("cacheReadTokens").asLong(),
        usage.path("outputTokens").asLong());
  }

  /** The {@code init} lines of a row's events: one for each process of the agent. */
  List<JsonNode> starts(JsonNode row) {
    return read(file(row, "events"))
        .lines()
        .map(line -> ArtifactJson.read(line, JsonNode.class, "an event"))
        .filter(event -> event.path("subtype").asText().equals("init"))
        .toList();
  }

  /** What was changed in all repositories, line by line. */
  Set<String> diffLines() {
    Set<String> lines = new LinkedHashSet<>();
    for (JsonNode row : rows()) {
      read(file(row, "patch")).lines().map(line -> line.substring(1)).forEach(lines::add);
    }
    return telling(lines);
  }

  /** What was said and done in all repositories, line by line. */
  Set<String> transcriptLines() {
    Set<String> lines = new LinkedHashSet<>();
    for (JsonNode row : rows()) {
      read(file(row, "transcript"))
          .lines()
          .map(line -> ArtifactJson.read(line, JsonNode.class, "a transcript's line"))
          .forEach(line -> collect(line.path("message").path("content"), lines));
    }
    return telling(lines);
  }

  private static void collect(JsonNode content, Set<String> lines) {
    if (content.isTextual()) {
      content.asText().lines().forEach(lines::add);
    }
    for (JsonNode part : content) {
      for (String field : List.of("text", "content")) {
        collect(part.path(field), lines);
      }
      part.path("input").forEach(value -> collect(value, lines));
    }
  }

  /** Those lines that occur nowhere by chance. */
  static Set<String> telling(Iterable<String> lines) {
    Set<String> telling = new LinkedHashSet<>();
    for (String line : lines) {
      if (line.strip().length() >= TELLING) {
        telling.add(line.strip());
      }
    }
    return telling;
  }
}
