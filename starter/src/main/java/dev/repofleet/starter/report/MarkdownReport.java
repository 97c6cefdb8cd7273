package dev.repofleet.starter.report;

import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Location;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.IgnoredFiles;
import dev.repofleet.artifacts.result.NotCarried;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.Wording;
import java.io.IOException;
import java.io.Writer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code report.md}: a batch for reading. Totals, a table, then repository by repository the
 * findings, worst first. Holds one repository's result at a time.
 */
final class MarkdownReport implements BatchReport {
  private static final int MAX_TEXT = 2000;

  /** More of them are counted only. */
  private static final int MAX_RESOLVED = 50;

  private static final int MAX_SHARED = 50;

  private final Writer out;

  MarkdownReport(Writer out) {
    this.out = out;
  }

  @Override
  public void begin(BatchResult batch) throws IOException {
    line("# Review " + MarkdownText.code(batch.batch()));
    line("");
    if (batch.rehearsal()) {
      line("> **Rehearsal: no model was used.** The findings are those of a few fixed rules. They");
      line("> show how a report looks, and say nothing about what a review would find.");
      line("");
    }
    head(batch);
    table(batch);
  }

  @Override
  public void end(List<RootCause> shared) throws IOException {
    if (!shared.isEmpty()) {
      line("## Across repositories");
      line("");
      line("What several repositories have in common, by severity × number of repositories.");
      line("");
      line("| severity | repositories | findings | in common | rule | for example | where |");
      line("|---|---|---|---|---|---|---|");
      for (RootCause cause : shared.stream().limit(MAX_SHARED).toList()) {
        line(
            "| %s | %d | %d | %s | %s | %s | %s |"
                .formatted(
                    cause.severity().word(),
                    cause.repositories(),
                    cause.findings(),
                    ReviewWords.inCommon(cause.kind()),
                    MarkdownText.cell(cause.ruleId()),
                    MarkdownText.cell(cause.title()),
                    MarkdownText.cell(ReviewWords.repositories(cause))));
      }
      line("");
      if (shared.size() > MAX_SHARED) {
        line("%d more are in root-causes.json.".formatted(shared.size() - MAX_SHARED));
        line("");
      }
    }
    out.flush();
  }

  private void head(BatchResult batch) throws IOException {
    line("- Status: **" + batch.status().word() + "**");
    if (batch.message() != null) {
      line("- Because: " + MarkdownText.code(batch.message(), MAX_TEXT));
    }
    line("- Plan: " + MarkdownText.code(batch.plan()));
    AgentInfo agent = batch.agent();
    if (agent != null) {
      line(
          "- Agent: "
              + MarkdownText.code(agent.kind())
              + (agent.version() == null ? "" : ", version " + MarkdownText.code(agent.version()))
              + (agent.model() == null ? "" : ", model " + MarkdownText.code(agent.model())));
    }
    line("- Started: " + batch.startedAt());
    if (batch.endedAt() != null) {
      line("- Ended: " + batch.endedAt());
    }
    line(
        "- Findings"
            + (batch.status() == BatchStatus.RUNNING ? " so far: " : ": ")
            + Wording.findings(batch.findings()));
    line("- Cost: " + Wording.cost(batch.usage()));
    line("");
  }

  private void table(BatchResult batch) throws IOException {
    line("## Repositories");
    line("");
    line("| | repository | status | cause | findings | cost |");
    line("|---|---|---|---|---|---|");
    for (BatchRow row : batch.repositories()) {
      line(
          "| %d | %s | %s | %s | %s | %s |"
              .formatted(
                  row.index() + 1,
                  MarkdownText.cell(row.target()),
                  row.status().word(),
                  MarkdownText.cell(row.cause()),
                  ReviewWords.findings(row),
                  Wording.cost(row.usage())));
    }
    line("");
  }

  @Override
  public void repository(BatchRow row, @Nullable RepositoryResult result) throws IOException {
    line("## " + (row.index() + 1) + ". " + MarkdownText.code(row.target()));
    line("");
    line("- Status: **" + row.status().word() + "**");
    if (row.cause() != null) {
      line("- Cause: " + MarkdownText.code(row.cause()));
    }
    if (row.message() != null) {
      line("- Message: " + MarkdownText.code(row.message(), MAX_TEXT));
    }
    if (row.commit() != null) {
      line("- Commit: " + MarkdownText.code(row.commit()));
    }
    if (row.subpath() != null) {
      line("- Folder: " + MarkdownText.code(PlainText.name(row.subpath())));
    }
    files(row);
    if (result != null) {
      result(result);
    } else {
      line("");
    }
  }

  /** Paths are made of keys and fixed names, so they are safe as links. */
  private void files(BatchRow row) throws IOException {
    if (row.files().review() != null) {
      line("- Result: [review.json](" + row.files().review() + ")");
    }
    if (row.files().patch() != null) {
      line("- Changes: [changes.patch](" + row.files().patch() + ")");
    }
  }

  private void result(RepositoryResult result) throws IOException {
    if (result.coverage().status() != CoverageStatus.COMPLETE) {
      line(
          "- Coverage: "
              + result.coverage().status().word()
              + ": that nothing was found somewhere does not mean that nothing is there");
    }
    if (result.incremental() != null) {
      line(
          "- Incremental: "
              + MarkdownText.code(ReviewWords.incremental(result, result.incremental())));
    }
    since(result);
    IgnoredFiles ignored = result.coverage().ignored();
    if (ignored != null) {
      line("- `.reviewignore`: " + ReviewWords.ignored(ignored));
      for (Exclusion rule : result.coverage().exclusions()) {
        if (rule.source() != null) {
          line(
              "  - "
                  + MarkdownText.code(rule.pattern())
                  + " of "
                  + MarkdownText.code(PlainText.name(rule.source())));
        }
      }
    }
    for (NotCarried left : result.notCarried()) {
      line(
          "- Not in the patch: "
              + MarkdownText.code(PlainText.name(left.path()))
              + ", "
              + MarkdownText.code(left.reason()));
    }
    if (result.verify() != null) {
      line(
          "- Verify: "
              + MarkdownText.code(result.verify().command(), MAX_TEXT)
              + " "
              + result.verify().sentence());
    }
    line("");
    if (result.summary() != null && !result.summary().isBlank()) {
      line(MarkdownText.code(result.summary(), MAX_TEXT));
      line("");
    }
    List<Finding> sorted =
        result.findings().stream()
            .sorted(Comparator.comparing(finding -> finding.severity().level()))
            .toList();
    for (Severity severity : Severity.values()) {
      section(
          severity,
          sorted.stream().filter(finding -> finding.severity().level() == severity).toList());
    }
  }

  private void since(RepositoryResult result) throws IOException {
    Optional<String> since = ReviewWords.since(result);
    if (since.isEmpty()) {
      return;
    }
    line("- Since " + MarkdownText.code(since.get()));
    for (Finding gone : ReviewWords.resolved(result).stream().limit(MAX_RESOLVED).toList()) {
      line("  - resolved: " + place(gone.primary()) + " " + MarkdownText.code(gone.title(), 300));
    }
  }

  private void section(Severity severity, List<Finding> findings) throws IOException {
    if (findings.isEmpty()) {
      return;
    }
    String word = severity.word();
    line("### " + Character.toUpperCase(word.charAt(0)) + word.substring(1));
    line("");
    for (Finding finding : findings) {
      finding(finding);
    }
    line("");
  }

  private void finding(Finding finding) throws IOException {
    line("- " + place(finding.locations().get(0)) + " " + MarkdownText.code(finding.title(), 300));
    line(
        "  - rule "
            + MarkdownText.code(finding.ruleId())
            + ", confidence "
            + finding.confidence().level().word()
            + (finding.cwe().isEmpty()
                ? ""
                : ", " + MarkdownText.code(String.join(", ", finding.cwe()), 200))
            + (finding.lifecycle() == null ? "" : ", " + finding.lifecycle().state().word())
            + ", "
            + MarkdownText.code(finding.shortName()));
    Optional<String> verified = ReviewWords.verified(finding);
    if (verified.isPresent()) {
      line("  - " + MarkdownText.code(verified.get(), MAX_TEXT));
    }
    Optional<String> carried = ReviewWords.carried(finding);
    if (carried.isPresent()) {
      line("  - " + MarkdownText.code(carried.get()));
    }
    Suppression suppression = finding.suppression();
    if (suppression != null) {
      line("  - " + MarkdownText.code(ReviewWords.decided(suppression), MAX_TEXT));
    }
    for (Location more : finding.locations().subList(1, finding.locations().size())) {
      line("  - also " + place(more));
    }
    text("what", finding.summary());
    for (String evidence : finding.evidence()) {
      text("evidence", evidence);
    }
    text("remedy", finding.remediation());
  }

  private void text(String name, @Nullable String text) throws IOException {
    if (text != null && !text.isBlank()) {
      line("  - " + name + ": " + MarkdownText.code(text, MAX_TEXT));
    }
  }

  private static String place(Location location) {
    return MarkdownText.code(PlainText.name(location.path()) + ":" + location.startLine());
  }

  private void line(String text) throws IOException {
    out.write(text);
    out.write('\n');
  }
}
