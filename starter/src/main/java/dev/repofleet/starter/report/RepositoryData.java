package dev.repofleet.starter.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.finding.CodeExcerpt;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Location;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.NotCarried;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.ReviewFiles;
import dev.repofleet.artifacts.result.TurnResult;
import dev.repofleet.artifacts.result.VerifyResult;
import dev.repofleet.starter.render.Wording;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the page of one repository shows, within its share of the report: findings first, the worst
 * before the others, then the changes, then the conversation.
 */
final class RepositoryData {
  private static final int MAX_TEXT = 4000;
  private static final int MAX_TITLE = 300;
  private static final int MAX_OUTPUT = 8000;
  private static final int MAX_PATH = 1000;
  private static final int MAX_LIST = 100;

  /** Under this there is no room for anything worth reading. */
  private static final int MIN_PART = 1000;

  private final BatchRow row;
  private final ReportSource source;
  private final ObjectNode data = EmbeddedJson.object();
  private long left;

  private RepositoryData(BatchRow row, ReportSource source, long share) {
    this.row = row;
    this.source = source;
    this.left = share;
  }

  /** The data of one repository, about so many bytes at the most. */
  static ObjectNode of(
      BatchRow row, @Nullable RepositoryResult result, ReportSource source, long share)
      throws IOException {
    RepositoryData made = new RepositoryData(row, source, share);
    made.facts();
    if (result != null) {
      made.result(result);
    }
    return made.data;
  }

  /** Findings in the order of the page, which gives each its number. */
  static List<Finding> ordered(RepositoryResult result) {
    return result.findings().stream()
        .sorted(Comparator.comparing(finding -> finding.severity().level()))
        .toList();
  }

  private void facts() {
    data.put("target", row.target()).put("status", row.status().word());
    put(data, "cause", row.cause());
    put(data, "message", row.message());
    put(data, "ref", row.ref());
    put(data, "commit", row.commit());
    put(data, "subpath", row.subpath());
    // What else a target may be is no address for a browser.
    if (row.url() != null && row.url().startsWith("https://")) {
      data.put("url", row.url());
    }
    data.put("found", ReviewWords.findings(row));
    data.put("coverage", ReviewWords.coverage(row.coverage()));
    data.put("whole", ReportFacts.isWhole(row));
    data.put("cost", Wording.cost(row.usage()));
    data.put("costSource", ReviewWords.source(row.usage()));
    data.put("tokensIn", ReportFacts.tokensIn(row.usage()));
    data.put("tokensOut", row.usage().outputTokens());
    files(row.files());
  }

  private void files(ReviewFiles files) {
    ObjectNode paths = EmbeddedJson.object();
    put(paths, "review.json", ReportFacts.relative(files.review()));
    put(paths, "changes.patch", ReportFacts.relative(files.patch()));
    put(paths, "findings.sarif", ReportFacts.relative(files.sarif()));
    put(paths, "transcript.jsonl", ReportFacts.relative(files.transcript()));
    put(paths, "events.jsonl", ReportFacts.relative(files.events()));
    put(paths, "run.log", ReportFacts.relative(files.log()));
    data.set("files", paths);
  }

  private void result(RepositoryResult result) throws IOException {
    result.took().ifPresent(time -> data.put("time", Wording.duration(time)));
    if (left < MIN_PART) {
      data.put("findingsLeft", result.findings().size());
      return;
    }
    data.put("attempts", result.attempts());
    if (result.agent() != null) {
      data.put("agent", ReportFacts.agent(result.agent()));
    }
    put(data, "session", result.sessionId());
    FoundSecrets secrets = FoundSecrets.of(result.findings());
    put(data, "summary", result.summary());
    data.set("turns", turns(result.turns(), secrets));
    exclusions(result.coverage());
    if (result.incremental() != null) {
      data.put(
          "incremental",
          ShortText.of(ReviewWords.incremental(result, result.incremental()), MAX_TITLE));
    }
    ReviewWords.since(result).ifPresent(told -> data.put("since", told));
    ArrayNode settings = data.putArray("agentSettings");
    result.agentSettings().stream()
        .limit(MAX_LIST)
        .forEach(path -> settings.add(ShortText.of(path, MAX_TITLE)));
    ArrayNode notCarried = data.putArray("notCarried");
    for (NotCarried each : result.notCarried().stream().limit(MAX_LIST).toList()) {
      notCarried.add(ShortText.of(each.path() + ": " + each.reason(), MAX_TITLE));
    }
    verify(result.verify(), secrets);
    left -= EmbeddedJson.size(data);
    findings(result);
    patch(secrets);
    talk(secrets);
  }

  private void verify(@Nullable VerifyResult verify, FoundSecrets secrets) {
    if (verify == null) {
      return;
    }
    ObjectNode shown = data.putObject("verify");
    shown.put("command", ShortText.of(verify.command(), MAX_TITLE));
    shown.put("ending", verify.sentence());
    String more = verify.output() == null ? verify.message() : verify.output();
    put(shown, "output", more == null ? null : end(secrets.masked(more)));
  }

  /** Where a program says what went wrong. */
  private static String end(String text) {
    String cut = text.substring(Math.max(0, text.length() - MAX_OUTPUT));
    return (cut.length() < text.length() ? "…" : "") + ShortText.of(cut, MAX_OUTPUT);
  }

  /** The agent's, and apart from them the repository's own. */
  private void exclusions(Coverage coverage) {
    ArrayNode exclusions = data.putArray("exclusions");
    coverage.exclusions().stream()
        .filter(left -> left.source() == null)
        .limit(MAX_LIST)
        .forEach(
            left ->
                exclusions.add(
                    ShortText.of(
                        left.pattern() + (left.reason() == null ? "" : ": " + left.reason()),
                        MAX_TITLE)));
    if (coverage.ignored() != null) {
      data.put("ignored", ReviewWords.ignored(coverage.ignored()));
      ArrayNode rules = data.putArray("ignoreRules");
      coverage.exclusions().stream()
          .filter(left -> left.source() != null)
          .limit(MAX_LIST)
          .forEach(
              left -> rules.add(ShortText.of(left.source() + ": " + left.pattern(), MAX_TITLE)));
    }
  }

  private static ArrayNode turns(List<TurnResult> turns, FoundSecrets secrets) {
    ArrayNode all = EmbeddedJson.array();
    for (TurnResult turn : turns.stream().limit(MAX_LIST).toList()) {
      ObjectNode node = all.addObject();
      node.put("turn", turn.turn()).put("purpose", turn.purpose().word().replace('_', '-'));
      node.put("status", turn.status().word()).put("steps", turn.agentTurns());
      put(node, "cause", turn.cause());
      node.put("cost", Wording.cost(turn.usage()));
      node.put("incarnations", turn.incarnations());
      put(node, "summary", turn.summary() == null ? null : secrets.masked(turn.summary()));
    }
    return all;
  }

  private void findings(RepositoryResult result) {
    ArrayNode findings = data.putArray("findings");
    for (Finding finding : ordered(result)) {
      ObjectNode node = finding(finding);
      long size = EmbeddedJson.size(node);
      if (size > left) {
        node = shortened(finding);
        size = EmbeddedJson.size(node);
        if (size > left) {
          break;
        }
      }
      left -= size;
      findings.add(node);
    }
    data.put("findingsLeft", result.findings().size() - findings.size());
  }

  private static ObjectNode shortened(Finding finding) {
    ObjectNode node = EmbeddedJson.object();
    Location place = finding.locations().get(0);
    node.put("name", finding.shortName()).put("severity", finding.severity().level().word());
    node.put("confidence", finding.confidence().level().word());
    node.put("rule", finding.ruleId()).put("title", ShortText.of(finding.title(), MAX_TITLE));
    node.put("verification", finding.verification().word());
    ObjectNode at = node.putArray("places").addObject();
    at.put("path", ShortText.of(place.path(), MAX_PATH));
    at.put("start", place.startLine()).put("end", place.endLine());
    return node.put("short", true);
  }

  private static ObjectNode finding(Finding finding) {
    ObjectNode node = EmbeddedJson.object();
    node.put("name", finding.shortName()).put("severity", finding.severity().level().word());
    node.put("confidence", finding.confidence().level().word());
    node.put("rule", finding.ruleId()).put("title", ShortText.of(finding.title(), MAX_TITLE));
    node.put("verification", finding.verification().word());
    put(node, "verified", ReviewWords.verified(finding).orElse(null));
    if (finding.lifecycle() != null) {
      node.put("state", finding.lifecycle().state().word());
    }
    ReviewWords.carried(finding).ifPresent(told -> node.put("carried", told));
    if (finding.suppression() != null) {
      put(node, "decided", ReviewWords.decided(finding.suppression()));
    }
    ArrayNode cwe = node.putArray("cwe");
    finding.cwe().stream().limit(MAX_LIST).forEach(each -> cwe.add(ShortText.of(each, 40)));
    put(node, "summary", finding.summary());
    put(node, "why", finding.severity().rationale());
    put(node, "impact", finding.impact());
    put(node, "remedy", finding.remediation());
    ArrayNode evidence = node.putArray("evidence");
    finding.evidence().stream()
        .limit(MAX_LIST)
        .forEach(text -> evidence.add(ShortText.of(text, MAX_TEXT)));
    ArrayNode places = node.putArray("places");
    for (Location location : finding.locations().stream().limit(MAX_LIST).toList()) {
      ObjectNode place = places.addObject().put("path", ShortText.of(location.path(), MAX_PATH));
      place.put("start", location.startLine()).put("end", location.endLine());
      place.put("role", location.role().word());
      code(place, location.excerpt());
    }
    return node;
  }

  private static void code(ObjectNode place, @Nullable CodeExcerpt excerpt) {
    if (excerpt != null) {
      place.put("from", excerpt.startLine());
      ArrayNode lines = place.putArray("lines");
      excerpt.lines().forEach(line -> lines.add(ShortText.of(line, MAX_TITLE + 1)));
    }
  }

  private void patch(FoundSecrets secrets) throws IOException {
    Optional<InputStream> patch = source.patch(row);
    if (patch.isEmpty()) {
      return;
    }
    try (InputStream in = patch.get()) {
      if (left < MIN_PART) {
        data.set("patch", EmbeddedJson.object().put("text", "").put("cut", true));
        return;
      }
      ObjectNode shown = PatchText.read(in, left, secrets);
      left -= EmbeddedJson.size(shown);
      data.set("patch", shown);
    } catch (IOException e) {
      data.put("patchFault", "The changes can't be read: " + e.getMessage());
    }
  }

  private void talk(FoundSecrets secrets) {
    if (left < MIN_PART) {
      data.put("talkLeft", true);
      return;
    }
    Conversation conversation = new Conversation(secrets);
    source.events(row, conversation::event);
    ObjectNode shown = conversation.shown(left);
    if (!shown.path("entries").isEmpty() || shown.path("left").asLong() > 0) {
      data.set("talk", shown);
    }
  }

  private static void put(ObjectNode node, String name, @Nullable String text) {
    if (text != null && !text.isBlank()) {
      node.put(name, ShortText.of(text, MAX_TEXT));
    }
  }
}
