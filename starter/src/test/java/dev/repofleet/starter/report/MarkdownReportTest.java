package dev.repofleet.starter.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Lifecycle;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Location;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.Baseline;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.IgnoredFiles;
import dev.repofleet.artifacts.result.NotCarried;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewFiles;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.starter.testing.SampleReport;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownReportTest {
  private static final Instant AT = Instant.parse("2024-05-06T07:08:09Z");
  private static final String HOSTILE =
      "x` <script>alert(1)</script> [a](http://evil) ![i](j) **b** | @all \u202e\u001b[0m\n# h\n```\nq";

  private static TargetRow target(String typed) {
    TargetSpec spec = new TargetParser(path -> false).parse(typed);
    return TargetRow.git(0, "k-1", spec, CanonicalTarget.ofUrl(spec.url()));
  }

  private static Finding finding(Severity severity, String text) {
    return new Finding(
        "F1",
        null,
        "sql-injection",
        null,
        List.of("CWE-89"),
        text,
        text,
        new Finding.SeverityRating(severity, null),
        new Finding.ConfidenceRating(Confidence.HIGH, null),
        List.of(Location.lines(text.equals("plain") ? "src/a.py" : text, 7, 9)),
        null,
        text,
        List.of(text),
        Verification.UNVERIFIED);
  }

  private static String report(RepositoryResult result, String agent) throws IOException {
    BatchRow row =
        BatchRow.of(
            result,
            new ReviewFiles("k-1/review.json", "k-1/changes.patch", null, null, null, null));
    BatchResult batch =
        BatchResult.of(
            new BatchResult.Head(
                "b",
                BatchStatus.COMPLETE,
                null,
                "security",
                new AgentInfo(agent, "1", null),
                AT,
                AT),
            List.of(row));
    StringWriter out = new StringWriter();
    MarkdownReport report = new MarkdownReport(out);
    report.begin(batch);
    report.repository(row, result);
    RootCauses causes = new RootCauses();
    causes.add(result);
    report.end(causes.ranked());
    return out.toString();
  }

  @Test
  void what_several_repositories_have_in_common_is_told_at_the_end() throws IOException {
    StringWriter out = new StringWriter();
    SampleReport report = SampleReport.ordinary(4, 1);
    BatchReports.write(ReportFormat.MD, report.batch(), report, out);
    String end = out.toString().substring(out.toString().indexOf("## Across repositories"));
    assertThat(end).contains("| 4 | 4 | the same rule | `sql-injection` |", " and 1 more` |");
    assertThat(
            report(
                RepositoryResult.builder("b", target("o/r"), RepositoryStatus.COMPLETE).build(),
                "claude"))
        .doesNotContain("Across repositories");
  }

  @Test
  void findings_are_listed_by_severity_with_their_places() throws IOException {
    RepositoryResult result =
        RepositoryResult.builder("b", target("o/r"), RepositoryStatus.COMPLETE)
            .findings(List.of(finding(Severity.LOW, "plain"), finding(Severity.HIGH, "plain")))
            .build();
    String report = report(result, "claude");
    assertThat(report)
        .contains("# Review `b`", "- Findings: 1 high, 1 low", "[changes.patch](k-1/changes.patch)")
        .contains("- `src/a.py:7` `plain`")
        .doesNotContain("Rehearsal");
    assertThat(report.indexOf("### High")).isBetween(0, report.indexOf("### Low"));
  }

  @Test
  void what_a_verification_came_to_is_told_and_what_it_rejected_is_not_counted()
      throws IOException {
    Finding high = finding(Severity.HIGH, "plain");
    RepositoryResult result =
        RepositoryResult.builder("b", target("o/r"), RepositoryStatus.COMPLETE)
            .findings(
                List.of(
                    high.withVerification(Verification.REJECTED, HOSTILE),
                    high.withVerification(Verification.CONFIRMED, "seen in `a`"),
                    high.withVerification(Verification.UNVERIFIED, "undecided: who knows"),
                    high))
            .build();
    String report = report(result, "claude");
    assertThat(report)
        .contains("- Findings: 3 high", "| 3 high, 1 rejected |")
        .contains("  - `` confirmed: seen in `a` ``", "  - `unverified: undecided: who knows`")
        .containsOnlyOnce("rejected: ")
        .doesNotContain("\n# h", "\u202e", "\u001b");
    RepositoryResult none = result.withFindings(result.findings().subList(0, 1), null);
    assertThat(report(none, "claude")).contains("| none left, 1 rejected |");
  }

  @Test
  void what_became_of_findings_since_the_last_time_is_told() throws IOException {
    Instant before = AT.minusSeconds(9);
    Baseline baseline =
        new Baseline(
            "monday",
            "k-1",
            null,
            before,
            before,
            List.of(
                resolved(finding(Severity.LOW, "gone"), AT),
                resolved(finding(Severity.LOW, "never was"), AT)
                    .withVerification(Verification.REJECTED, "a constant"),
                resolved(finding(Severity.LOW, "long gone"), before)));
    RepositoryResult result =
        RepositoryResult.builder("b", target("o/r"), RepositoryStatus.COMPLETE)
            .startedAt(AT)
            .build()
            .withFindings(
                List.of(in(finding(Severity.HIGH, "plain"), LifecycleState.REOPENED, AT)),
                baseline);
    assertThat(report(result, "claude"))
        .contains("- Since `batch monday: 0 new, 1 reopened, 1 resolved`")
        .contains("  - resolved: `gone:7` `gone`")
        .contains("confidence high, `CWE-89`, reopened")
        .doesNotContain("long gone", "never was");
  }

  private static Finding resolved(Finding finding, Instant at) {
    return finding.withLifecycle(
        new Lifecycle(LifecycleState.RESOLVED, Instant.EPOCH, Instant.EPOCH, at));
  }

  private static Finding in(Finding finding, LifecycleState state, Instant at) {
    return finding.withLifecycle(new Lifecycle(state, at, at));
  }

  @Test
  void a_rehearsal_says_so_at_the_top() throws IOException {
    RepositoryResult result =
        RepositoryResult.builder("b", target("o/r"), RepositoryStatus.COMPLETE).build();
    assertThat(report(result, "rehearsal").lines().limit(4))
        .anyMatch(line -> line.contains("**Rehearsal: no model was used.**"));
  }

  @Test
  void text_of_strangers_never_leaves_its_code_span() throws IOException {
    RepositoryResult result =
        RepositoryResult.builder("b", target("o/r"), RepositoryStatus.PARTIAL)
            .cause("agent_timeout")
            .message(HOSTILE)
            .summary(HOSTILE)
            .notCarried(List.of(new NotCarried(HOSTILE, HOSTILE)))
            .findings(List.of(finding(Severity.CRITICAL, HOSTILE)))
            .build();
    String report = report(result, "claude");
    assertThat(report).doesNotContain("\u202e", "\u001b", "\n# h", "\nq");
    for (String line : report.lines().toList()) {
      assertThat(outsideCode(line)).doesNotContain("<script>", "http:", "![", "@all");
    }
    assertThat(report).contains("agent_timeout", "**partial**");
  }

  /** A line without its code spans, by the rule of CommonMark: equal runs of backticks pair up. */
  private static String outsideCode(String line) {
    StringBuilder outside = new StringBuilder();
    int i = 0;
    while (i < line.length()) {
      int run = run(line, i);
      if (run == 0) {
        outside.append(line.charAt(i++));
        continue;
      }
      int close = i + run;
      while (close < line.length() && run(line, close) != run) {
        close += Math.max(1, run(line, close));
      }
      i = close < line.length() ? close + run : i + run;
    }
    return outside.toString();
  }

  private static int run(String line, int at) {
    int end = at;
    while (end < line.length() && line.charAt(end) == '`') {
      end++;
    }
    return end - at;
  }

  @Test
  void a_bar_does_not_end_a_cell() {
    assertThat(MarkdownText.cell("a|b")).isEqualTo("`a\\|b`");
    assertThat(MarkdownText.code("``")).isEqualTo("``` `` ```");
    assertThat(MarkdownText.code(null)).isEqualTo("-");
  }

  @Test
  void what_the_repository_keeps_out_of_its_review_is_told_with_its_patterns() throws IOException {
    Coverage coverage =
        new Coverage(
            CoverageStatus.PARTIAL,
            2,
            2,
            List.of(
                new Exclusion("docs/**", "no code"),
                new Exclusion("vendor/", "excluded", "src/.reviewignore")),
            new IgnoredFiles(7, 1, 2, null));
    RepositoryResult result =
        RepositoryResult.builder("b", target("acme/app"), RepositoryStatus.COMPLETE)
            .coverage(coverage)
            .build();

    assertThat(report(result, "claude"))
        .contains(
            "- `.reviewignore`: 7 files left out by 1 pattern of the repository itself; findings"
                + " reported there and dropped: 2\n  - `vendor/` of `src/.reviewignore`\n")
        .doesNotContain("docs/**");
  }
}
