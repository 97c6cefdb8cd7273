package dev.repofleet.starter.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a batch's results say, without what differs between two runs of the same work.
 *
 * <p>Dropped: ids of batch and session, times and durations, costs and tokens (they are held
 * against the ledger instead), names of files in the store, what was compared with results before.
 * Kept: everything else, above all statuses, causes, findings with their identities, coverage, the
 * turns with their numbers of model turns and of processes, the tree's hash, and the patch to the
 * letter.
 */
final class NormalisedResults {
  private static final Set<String> DROPPED =
      Set.of(
          "batch",
          "sessionId",
          "startedAt",
          "endedAt",
          "finishedAt",
          "at",
          "lifecycle",
          "knownAs",
          "carriedFrom",
          "baseline",
          "durations",
          "duration",
          "durationMs",
          "usage",
          "costUsd",
          "costSource",
          "sandboxSeconds",
          "files",
          "artifacts");

  private NormalisedResults() {}

  /** Each repository's, by its key. */
  static Map<String, String> of(Results results) {
    Map<String, String> normalised = new TreeMap<>();
    for (JsonNode row : results.rows()) {
      normalised.put(row.path("key").asText(), of(results, row));
    }
    return normalised;
  }

  /**
   * Findings and the patch alone, by key: what survives a lost sandbox. The scripted model counts
   * prompts in the mark it makes, and being told to go on is one more: so the mark's number is
   * dropped, and the hashes with it.
   */
  static Map<String, String> findings(Results results) {
    Map<String, String> normalised = new TreeMap<>();
    for (JsonNode row : results.rows()) {
      JsonNode review = results.review(row);
      normalised.put(
          row.path("key").asText(),
          without(review.path("findings")).toPrettyString()
              + "\n"
              + patch(results, row)
                  .replaceAll("(?m)^index .*$", "index")
                  .replaceAll("scripted follow-up \\d+", "scripted follow-up"));
    }
    return normalised;
  }

  private static String of(Results results, JsonNode row) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.set("row", without(row));
    all.set("review", without(results.review(row)));
    String text = all.toPrettyString();
    return row.path("files").hasNonNull("patch") ? text + "\n" + patch(results, row) : text;
  }

  private static String patch(Results results, JsonNode row) {
    try {
      return Files.readString(results.file(row, "patch"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode without(JsonNode node) {
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      node.forEach(part -> array.add(without(part)));
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    node.properties()
        .forEach(
            field -> {
              if (!DROPPED.contains(field.getKey())) {
                object.set(field.getKey(), without(field.getValue()));
              }
            });
    return object;
  }
}
