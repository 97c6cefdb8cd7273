package dev.repofleet.starter.testing;

import dev.repofleet.artifacts.finding.CodeExcerpt;
import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Exclusion;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Location;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.CostSource;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.IgnoredFiles;
import dev.repofleet.artifacts.result.NotCarried;
import dev.repofleet.artifacts.result.RepositoryInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewFiles;
import dev.repofleet.artifacts.result.Usage;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.starter.render.EventConsumer;
import dev.repofleet.starter.report.ReportSource;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Batches to make reports of, and what lies beside them. */
public final class SampleReport implements ReportSource {
  /** What strangers write to get out of the place their text is shown in. */
  public static final List<String> HOSTILE =
      List.of(
          "</script><script>globalThis.hacked=1</script>",
          "<img src=x onerror=globalThis.hacked=2>",
          "\"><svg onload=globalThis.hacked=3>",
          "<!--<script>",
          "` **b** [a](http://evil.example) ![i](http://evil.example/i.png) | @all",
          "=HYPERLINK(\"http://evil.example\";\"click\")",
          "+1+cmd|' /C calc'!A0",
          "\u001b]0;title\u0007\u001b[31mred\u001b[0m\r\ttab",
          "user\u202egnp.exe \u2066isolated\u2069 zero\u200bwidth\ufeff",
          "W".repeat(3000),
          "👩‍👩‍👧 family, 🇪🇺, é, 漢字, עברית, \ud800 half",
          "\u2028 line \u2029 separators \u0000 nul \u0085 nel");

  private final List<BatchRow> rows = new ArrayList<>();
  private final Map<String, RepositoryResult> results = new HashMap<>();
  private final Map<String, String> patches = new HashMap<>();
  private final Map<String, List<String>> events = new HashMap<>();
  private BatchStatus status = BatchStatus.COMPLETE;
  private String agent = "claude";

  /** A batch without a repository. */
  public SampleReport() {}

  /** Every text of it is hostile. */
  public static SampleReport hostile() {
    SampleReport report = new SampleReport();
    for (int i = 0; i < HOSTILE.size(); i++) {
      String text = HOSTILE.get(i);
      TargetRow row = row(i, "evil/r" + i);
      RepositoryResult plain =
          RepositoryResult.builder(
                  "hostile",
                  i,
                  row.target(),
                  row.key(),
                  RepositoryInfo.of(row, "c0ffee".repeat(7).substring(0, 40)),
                  RepositoryStatus.PARTIAL)
              .cause("agent_timeout")
              .message(text)
              .summary(text)
              .agent(new AgentInfo("claude", text, text))
              .coverage(
                  new Coverage(
                      CoverageStatus.PARTIAL,
                      1,
                      2,
                      List.of(new Exclusion(text, text), new Exclusion(text, text, text)),
                      new IgnoredFiles(3, 1, 2, null)))
              .agentSettings(List.of(text))
              .notCarried(List.of(new NotCarried(text, text)))
              .usage(new Usage(1, 2, 3, 4, 0.5, CostSource.ESTIMATED, 6))
              .findings(List.of(hostileFinding(text, 0), hostileFinding(text, 1)))
              .build();
      report.add(plain, text);
      report.patches.put(
          plain.key(),
          "diff --git a/"
              + text
              + " b/x\n--- a/x\n+++ b/"
              + text
              + "\n@@ -1 +1 @@\n+"
              + text
              + "\n");
      report.events.put(plain.key(), List.of(said(text), "not json " + text, ""));
    }
    report.status = BatchStatus.FINISHED_WITH_FAILURES;
    return report;
  }

  private static Finding hostileFinding(String text, int number) {
    Location place = Location.lines(text, 3, 3).withExcerpt(new CodeExcerpt(2, List.of("", text)));
    return new Finding(
            text + number,
            null,
            number == 0 ? text : HOSTILE.get(0), // which all of them share
            text,
            List.of(text),
            text,
            text,
            new Finding.SeverityRating(List.of(Severity.values()).get(number), text),
            new Finding.ConfidenceRating(Confidence.LOW, text),
            List.of(place, place),
            text,
            text,
            List.of(text, ""),
            Verification.UNVERIFIED)
        .withVerification(Verification.CONFIRMED, text);
  }

  /** Ordinary repositories with so many ordinary findings each. */
  public static SampleReport ordinary(int repositories, int findings) {
    SampleReport report = new SampleReport();
    for (int i = 0; i < repositories; i++) {
      RepositoryStatus status =
          i % 17 == 3
              ? RepositoryStatus.PARTIAL
              : i % 29 == 5 ? RepositoryStatus.FAILED : RepositoryStatus.COMPLETE;
      List<Finding> some = new ArrayList<>();
      for (int n = 0; n < (status == RepositoryStatus.FAILED ? 0 : findings); n++) {
        some.add(finding(i, n));
      }
      TargetRow row = row(i, "some-team/service-r" + i);
      RepositoryResult result =
          RepositoryResult.builder(
                  "ordinary",
                  i,
                  row.target(),
                  row.key(),
                  RepositoryInfo.of(row, "0123456789abcdef0123456789abcdef01234567"),
                  status)
              .cause(status == RepositoryStatus.COMPLETE ? null : "turns_exhausted")
              .agent(new AgentInfo("claude", "2.1.197", "some-model"))
              .startedAt(TestProgram.NOW)
              .endedAt(TestProgram.NOW.plusSeconds(60 + i % 400))
              .coverage(
                  new Coverage(
                      i % 3 == 0 ? CoverageStatus.PARTIAL : CoverageStatus.COMPLETE,
                      80 + i % 20,
                      100,
                      List.of()))
              .usage(
                  new Usage(1000, 50_000, 900, 2000, 0.1 + i % 90 / 100.0, CostSource.REPORTED, 90))
              .summary("The service was read in full; what was found is below.")
              .findings(some)
              .build();
      report.add(result, "some-team/service-r" + i);
      report.patches.put(result.key(), patch(i));
      List<String> talk = new ArrayList<>();
      for (int n = 0; n < 60; n++) {
        talk.add(
            said(
                "I look at file "
                    + n
                    + " of the service and follow what comes in from outside. ".repeat(4)));
      }
      report.events.put(result.key(), talk);
    }
    return report;
  }

  private static String patch(int i) {
    return "diff --git a/src/Db.java b/src/Db.java\n--- a/src/Db.java\n+++ b/src/Db.java\n@@ -1,3 +1,3 @@\n"
        + " class Db {\n-  query(\"select \" + id"
        + i
        + ");\n+  query(\"select ?\", id"
        + i
        + ");\n }\n";
  }

  private static Finding finding(int repository, int number) {
    Severity severity = List.of(Severity.values()).get((repository + number * 7) % 5);
    int line = 10 + number * 13;
    List<String> code = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      code.add("    statement.execute(\"select * from orders where id = \" + id" + i + ");");
    }
    return new Finding(
        "f" + (number + 1),
        null,
        List.of(
                "sql-injection",
                "command-injection",
                "path-traversal",
                "hardcoded-secret",
                "weak-crypto",
                "ssrf")
            .get(number % 6),
        null,
        List.of("CWE-89"),
        "The value of a request goes into statement " + number + " of the order service",
        "The parameter is read from the request and put into the statement as it is, so whoever calls"
            + " the service decides what the statement does. The caller is not authenticated.",
        new Finding.SeverityRating(severity, "It is reached without a login."),
        new Finding.ConfidenceRating(Confidence.HIGH, null),
        List.of(
            Location.lines(
                    "src/main/java/com/example/orders/Store" + number + ".java", line, line + 1)
                .withExcerpt(new CodeExcerpt(line - 3, code))),
        null,
        "Bind the value as a parameter of the statement.",
        List.of("\"select * from orders where id = \" + id"),
        Verification.UNVERIFIED);
  }

  /** A line of the agent's stream. */
  public static String said(String text) {
    return dev.repofleet.artifacts.ArtifactJson.line(
        Map.of(
            "type",
            "assistant",
            "message",
            Map.of("content", List.of(Map.of("type", "text", "text", text)))));
  }

  /** A row of a manifest for a repository of github.com. */
  public static TargetRow row(int index, String name) {
    TargetSpec spec = new TargetParser(path -> false).parse(name);
    CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
    return TargetRow.git(index, TargetKey.of(canonical, null, null), spec, canonical);
  }

  /** Adds a repository under the name somebody typed. */
  public void add(RepositoryResult result, String typed) {
    BatchRow row = BatchRow.of(result, files(result.key()));
    results.put(result.key(), result);
    rows.add(
        new BatchRow(
            row.index(),
            row.key(),
            typed,
            row.url(),
            row.ref(),
            row.commit(),
            row.subpath(),
            row.status(),
            row.cause(),
            row.message(),
            row.sessionId(),
            row.costUsd(),
            row.usage(),
            row.findings(),
            row.coverage(),
            row.files(),
            row.incremental(),
            row.rejected()));
  }

  /** Adds a repository that has no result. */
  public void addWithout(TargetRow target, RepositoryStatus status) {
    rows.add(BatchRow.without(target, status, null, null));
  }

  private static ReviewFiles files(String key) {
    return new ReviewFiles(
        key + "/review.json",
        key + "/changes.patch",
        null,
        key + "/transcript.jsonl",
        key + "/events.jsonl",
        key + "/run.log");
  }

  /** Gives a repository changes. */
  public void patch(String key, String text) {
    patches.put(key, text);
  }

  /** Gives a repository events. */
  public void events(String key, List<String> lines) {
    events.put(key, lines);
  }

  /** Sets how the batch stands. */
  public SampleReport as(BatchStatus now) {
    status = now;
    return this;
  }

  /** Sets who did the work. */
  public SampleReport by(String kind) {
    agent = kind;
    return this;
  }

  /** The batch. */
  public BatchResult batch() {
    boolean running = status == BatchStatus.RUNNING;
    return BatchResult.of(
        new BatchResult.Head(
            "some-batch",
            status,
            null,
            "security",
            new AgentInfo(agent, "1", null),
            TestProgram.NOW,
            running ? null : TestProgram.NOW.plusSeconds(900)),
        rows);
  }

  @Override
  public Optional<RepositoryResult> result(BatchRow row) {
    return Optional.ofNullable(results.get(row.key()));
  }

  @Override
  public Optional<InputStream> patch(BatchRow row) {
    @Nullable String patch = patches.get(row.key());
    return patch == null
        ? Optional.empty()
        : Optional.of(new ByteArrayInputStream(patch.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void events(BatchRow row, EventConsumer consumer) {
    events.getOrDefault(row.key(), List.of()).forEach(line -> consumer.event(0, line));
  }
}
