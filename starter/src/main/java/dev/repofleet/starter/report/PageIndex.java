package dev.repofleet.starter.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Location;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.render.Wording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the tables over all repositories and all findings show. For one thread. */
final class PageIndex {
  private static final int MAX_TITLE = 160;
  private static final int MAX_PATH = 200;

  /** The worst first; then what did not go well; then as they were asked for. */
  static final Comparator<Row> WORST_FIRST = PageIndex::worstFirst;

  private final List<Row> rows = new ArrayList<>();
  private final ArrayNode findings = EmbeddedJson.array();
  private final Map<String, Integer> rules = new LinkedHashMap<>();
  private final Map<String, Integer> perRule = new HashMap<>();
  private long left;

  /**
   * One repository in the table.
   *
   * @param time from its first step to its last; absent when it has none
   */
  record Row(BatchRow row, Optional<Duration> time) {}

  /** Adds a repository and, at the most, so many of its findings; returns how many of these. */
  int add(BatchRow row, @Nullable RepositoryResult result, int most) {
    int number = 0;
    if (result != null) {
      for (Finding finding : RepositoryData.ordered(result)) {
        if (!finding.isRejected()) {
          perRule.merge(finding.ruleId(), 1, Integer::sum);
        }
        if (number++ < most) {
          findings.add(finding(rows.size(), number, finding));
        } else {
          left++;
        }
      }
    }
    rows.add(new Row(row, result == null ? Optional.empty() : result.took()));
    return Math.min(number, most);
  }

  private ArrayNode finding(int repository, int number, Finding finding) {
    Location place = finding.locations().get(0);
    String rule = ShortText.of(finding.ruleId(), MAX_TITLE);
    return EmbeddedJson.array()
        .add(repository)
        .add(number)
        .add(List.of(Severity.values()).indexOf(finding.severity().level()))
        .add(rules.computeIfAbsent(rule, any -> rules.size()))
        .add(ShortText.of((finding.isRejected() ? "Rejected: " : "") + finding.title(), MAX_TITLE))
        .add(ShortText.of(place.path(), MAX_PATH))
        .add(place.startLine());
  }

  List<Row> worstFirst() {
    return rows.stream().sorted(WORST_FIRST).toList();
  }

  /** Findings by rule, the most frequent first. */
  List<Map.Entry<String, Integer>> byRule() {
    return perRule.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .toList();
  }

  private static int worstFirst(Row one, Row other) {
    for (Severity severity : Severity.values()) {
      int order =
          Integer.compare(other.row.findings().count(severity), one.row.findings().count(severity));
      if (order != 0) {
        return order;
      }
    }
    int good = Boolean.compare(one.row.status().isGood(), other.row.status().isGood());
    return good != 0 ? good : Integer.compare(one.row.index(), other.row.index());
  }

  /** All of it for the page's script. */
  ObjectNode data(BatchResult batch) {
    ObjectNode data = EmbeddedJson.object().put("batch", batch.batch());
    data.put("rehearsal", batch.rehearsal());
    ArrayNode severities = data.putArray("severities");
    for (Severity severity : Severity.values()) {
      severities.add(severity.word());
    }
    ArrayNode statuses = data.putArray("statuses");
    for (RepositoryStatus status : RepositoryStatus.values()) {
      statuses.add(status.word());
    }
    ArrayNode names = data.putArray("rules");
    rules.keySet().forEach(names::add);
    ArrayNode repositories = data.putArray("repositories");
    rows.forEach(row -> repositories.add(repository(row)));
    data.set("findings", findings);
    return data.put("findingsLeft", left);
  }

  private static ArrayNode repository(Row each) {
    BatchRow row = each.row;
    ArrayNode counts = EmbeddedJson.array();
    for (Severity severity : Severity.values()) {
      counts.add(row.findings().count(severity));
    }
    return EmbeddedJson.array()
        .add(row.index())
        .add(ShortText.of(row.target(), MAX_PATH))
        .add(List.of(RepositoryStatus.values()).indexOf(row.status()))
        .add(row.cause() == null ? "" : ShortText.of(row.cause(), MAX_PATH))
        .add(counts)
        .add(ReviewWords.findings(row))
        .add(ReviewWords.coverage(row.coverage()))
        .add(List.of(CoverageStatus.values()).indexOf(row.coverage().status()))
        .add(row.usage().costUsd())
        .add(Wording.cost(row.usage()))
        .add(each.time.map(Duration::toMillis).orElse(-1L))
        .add(each.time.map(Wording::duration).orElse("-"));
  }
}
