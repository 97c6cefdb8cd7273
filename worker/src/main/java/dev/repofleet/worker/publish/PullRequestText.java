package dev.repofleet.worker.publish;

import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.plan.PromptTemplate;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.VerifyResult;
import dev.repofleet.workflows.Excerpt;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The words of a branch's commit and of its pull request. Immutable, thread-safe. */
final class PullRequestText {
  /** By which a commit or pull request is known as the fleet's, as Git's trailers are written. */
  static final String BATCH_TRAILER = "RepoFleet-Batch";

  static final String REVIEW_TRAILER = "RepoFleet-Review";

  /** GitHub cuts a subject off behind 72 characters. */
  private static final int SUBJECT = 72;

  private static final int SUMMARY = 4_000;
  private static final int COMMAND = 200;

  /** GitHub refuses a text of more than 65,536 characters; the trailers stand behind this. */
  private static final int BODY = 65_000;

  private static final String SHIPPED = "pull-request.md";

  private final RepositoryResult result;
  private final String plan;
  private final int filesChanged;

  /**
   * @param plan name of the plan that asked for the review
   * @param filesChanged by the agent
   */
  PullRequestText(RepositoryResult result, String plan, int filesChanged) {
    this.result = result;
    this.plan = plan;
    this.filesChanged = filesChanged;
  }

  /** The first line of both. */
  String subject() {
    return Excerpt.of(
        "Changes of the %s review: %s".formatted(plan, count(filesChanged, "file")), SUBJECT);
  }

  /** The commit's message. */
  String commitMessage() {
    return subject() + "\n\n" + findings() + ".\n\n" + trailers() + "\n";
  }

  /** The pull request's text by the template that is shipped. */
  String body() {
    try (InputStream in = PullRequestText.class.getResourceAsStream(SHIPPED)) {
      return body(
          new String(Objects.requireNonNull(in, SHIPPED).readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The pull request's text; the trailers stand at its end whatever the template says. */
  String body(String template) {
    String text = PromptTemplate.fill(template, facts(), UnaryOperator.identity());
    return Excerpt.of(text.replaceAll("\n{3,}", "\n\n").strip(), BODY) + "\n\n" + trailers() + "\n";
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("plan", inMarkdown(plan));
    facts.put("batch", result.batch());
    facts.put("commit", String.valueOf(result.repository().commit()));
    facts.put("findings", findings());
    facts.put("files", count(filesChanged, "file"));
    facts.put("agent", inMarkdown(agent()));
    facts.put("summary", summary());
    facts.put("notCarried", notCarried());
    facts.put("verify", verify());
    return facts;
  }

  private String findings() {
    SeverityCounts counts = SeverityCounts.of(result.findings());
    String bySeverity =
        Arrays.stream(Severity.values())
            .filter(severity -> counts.count(severity) > 0)
            .map(
                severity -> counts.count(severity) + " " + severity.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    return count(result.findings().size(), "finding")
        + (bySeverity.isEmpty() ? "" : ": " + bySeverity);
  }

  private String agent() {
    var agent = result.agent();
    return agent == null || agent.model() == null ? "an agent" : agent.model();
  }

  private String summary() {
    String said = result.summary();
    return said == null ? "" : quoted(Excerpt.of(said, SUMMARY));
  }

  private String notCarried() {
    return result.notCarried().isEmpty()
        ? ""
        : "The agent also left what a patch can't carry: "
            + result.notCarried().stream()
                .map(left -> inMarkdown(left.path()) + " (" + left.reason() + ")")
                .collect(Collectors.joining(", "))
            + ".";
  }

  private String verify() {
    VerifyResult verify = result.verify();
    return verify == null
        ? ""
        : "Where the agent worked, "
            + inMarkdown(Excerpt.of(verify.command(), COMMAND))
            + " "
            + verify.sentence()
            + ".";
  }

  private String trailers() {
    return BATCH_TRAILER + ": " + result.batch() + "\n" + REVIEW_TRAILER + ": " + result.key();
  }

  private static String count(int number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  private static String quoted(String text) {
    return text.lines()
        .map(line -> ("> " + inMarkdown(line)).strip())
        .collect(Collectors.joining("\n"));
  }

  /**
   * What an agent wrote, to be read and to do nothing: no markup, nobody who is mentioned, no issue
   * that is closed by it.
   */
  static String inMarkdown(String text) {
    return text.replaceAll("\\p{C}+", " ")
        .replaceAll("([\\\\`*_{}\\[\\]()<>|~!&$])", "\\\\$1")
        .replaceAll("^(\\s*)([-+=]|[0-9]+(?=[.)]))", "$1\u200B$2")
        .replaceAll("(?i)([@#]|://|\\bGH-|\\bwww\\.|:(?=[\\w+-]+:))", "$1\u200B");
  }
}
