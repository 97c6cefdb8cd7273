package dev.repofleet.worker.review;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.CodeExcerpt;
import dev.repofleet.artifacts.finding.Confidence;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.review.ReviewRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ReviewActivitiesTest extends JudgingTest {
  private static final Plan PLAN =
      Plan.builder("p", "Look.").rules(List.of("sql-injection", "hardcoded-secret")).build();

  private static ReviewRequest request(@Nullable String subpath) {
    return new ReviewRequest(
        "b", "k", "sandbox", "c0ffee", subpath, new PlanRef("u", "s", "p"), null);
  }

  private static final int FOLDER = -1;
  private static final int IGNORED = -2;

  /** A commit with files of so many lines. */
  private static CommitFiles commit(Map<String, Integer> files) {
    return new CommitFiles() {
      @Override
      public Map<String, Kind> kinds(Collection<String> paths) {
        Map<String, Kind> kinds = new HashMap<>();
        for (String path : paths) {
          int lines = files.getOrDefault(path, Integer.MIN_VALUE);
          kinds.put(
              path,
              lines == FOLDER
                  ? Kind.FOLDER
                  : lines == IGNORED ? Kind.IGNORED : lines < 0 ? Kind.MISSING : Kind.FILE);
        }
        return kinds;
      }

      @Override
      public void read(Collection<String> paths, BiConsumer<String, Content> reader) {
        paths.forEach(path -> reader.accept(path, new Content(files.getOrDefault(path, 0), null)));
      }
    };
  }

  private static String finding(String rule, String path, int start, int end, String evidence) {
    return ArtifactJson.line(
        Map.ofEntries(
            Map.entry("ruleId", rule),
            Map.entry("title", "A title"),
            Map.entry("severity", "high"),
            Map.entry("confidence", "low"),
            Map.entry("path", path),
            Map.entry("startLine", start),
            Map.entry("endLine", end),
            Map.entry("summary", "S"),
            Map.entry("evidence", evidence),
            Map.entry("remediation", "R"),
            Map.entry("cwe", List.of("CWE-89"))));
  }

  private static byte[] answer(String... findings) {
    return ("{\"summary\":\"All of it.\",\"findings\":["
            + String.join(",", findings)
            + "],\"coverage\":{\"filesReviewed\":3,\"exclusions\":[]}}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private ReviewDocument document(ReviewOutcome outcome) {
    return ArtifactJson.read(
        store, String.valueOf(outcome.reviewUri()), ReviewDocument.class, 1 << 20);
  }

  @Test
  void noAnswerIsMissing() {
    assertThat(activities.review(request(null)).verdict()).isEqualTo(Verdict.MISSING);
  }

  @Test
  void findingsAreBelievedWhereTheCommitHasThem() {
    ReviewOutcome outcome =
        activities.judge(
            request(null),
            PLAN,
            answer(
                finding("sql-injection", "src/Db.java", 2, 3, "e"),
                finding("sql-injection", "./src/Db.java", 10, 10, "e"),
                finding("sql-injection", "/home/user/repo/src/Db.java", 1, 1, "e"),
                finding("sql-injection", "src/Db.java", 10, 11, "e"),
                finding("sql-injection", "src/Db.java", 3, 2, "e"),
                finding("sql-injection", "src/None.java", 1, 1, "e"),
                finding("sql-injection", "../../etc/passwd", 1, 1, "e"),
                finding("sql-injection", "/etc/passwd", 1, 1, "e"),
                finding("sql-injection", "src", 1, 1, "e")),
            commit(Map.of("src/Db.java", 10, "src", FOLDER)));
    assertThat(outcome.verdict()).isEqualTo(Verdict.VALID);
    assertThat(outcome.findings().high()).isEqualTo(3);
    assertThat(outcome.refused()).isEqualTo(6);
    ReviewDocument document = document(outcome);
    assertThat(document.findings())
        .allSatisfy(f -> assertThat(f.locations().get(0).path()).isEqualTo("src/Db.java"));
    assertThat(document.findings()).extracting(f -> f.id()).containsExactly("f1", "f2", "f3");
    assertThat(document.refused())
        .extracting(ReviewDocument.Refused::reason)
        .contains(
            "the file has 10 lines", "its lines are out of order", "it names a folder, not a file");
    assertThat(document.filesReviewed()).isEqualTo(3);
  }

  @Test
  void pathsMayBeMeantFromTheSubpathOrFromTheRoot() {
    ReviewOutcome outcome =
        activities.judge(
            request("app"),
            PLAN,
            answer(
                finding("sql-injection", "Db.java", 1, 1, "e"),
                finding("sql-injection", "app/Db.java", 2, 2, "e"),
                finding("sql-injection", "lib/X.java", 1, 1, "e")),
            commit(Map.of("app/Db.java", 2, "lib/X.java", 1)));
    assertThat(document(outcome).findings())
        .extracting(f -> f.locations().get(0).path())
        .containsExactly("app/Db.java", "app/Db.java", "lib/X.java");
  }

  @Test
  void anAnswerThatBreaksTheSchemaIsInvalidWithItsProblems() {
    CommitFiles none = commit(Map.of());
    ReviewOutcome unknownRule =
        activities.judge(request(null), PLAN, answer(finding("my-rule", "a", 1, 1, "e")), none);
    assertThat(unknownRule.verdict()).isEqualTo(Verdict.INVALID);
    assertThat(unknownRule.problem()).contains("/findings/0/ruleId").contains("sql-injection");
    for (String json :
        new String[] {"{}", "[]", "", "null", "{\"summary\":1}", "{\"summary\":\"x\"", "7"}) {
      ReviewOutcome outcome =
          activities.judge(request(null), PLAN, json.getBytes(StandardCharsets.UTF_8), none);
      assertThat(outcome.verdict()).as(json).isEqualTo(Verdict.INVALID);
      assertThat(outcome.problem()).isNotBlank().hasSizeLessThanOrEqualTo(500);
      assertThat(outcome.reviewUri()).isNull();
    }
    byte[] huge = answer(finding("sql-injection", "a", 1, 1, "e"));
    String tooLarge =
        new String(huge, StandardCharsets.UTF_8)
            .replace("\"endLine\":1", "\"endLine\":99999999999");
    assertThat(
            activities
                .judge(request(null), PLAN, tooLarge.getBytes(StandardCharsets.UTF_8), none)
                .verdict())
        .isEqualTo(Verdict.INVALID);
  }

  @Test
  void aFoundSecretIsMaskedAndTheWorkersOwnIsTakenOut() {
    ReviewOutcome outcome =
        activities.judge(
            request(null),
            PLAN,
            answer(
                finding("hardcoded-secret", "a.py", 1, 1, "KEY = \"AKIAIOSFODNN7EXAMPLE\""),
                finding("hardcoded-secret", "a.py", 1, 1, "password: hunter2hunter2"),
                finding("hardcoded-secret", "a.py", 1, 1, "A_LONG_NAME_FOR_IT=qwertyuiopasdfgh"),
                finding("sql-injection", "a.py", 1, 1, "printed sk-ant-0123456789 there")),
            commit(Map.of("a.py", 1)));
    String stored =
        new String(
            store.read(String.valueOf(outcome.reviewUri()), 1 << 20), StandardCharsets.UTF_8);
    assertThat(stored)
        .doesNotContain("AKIAIOSFODNN7EXAMPLE")
        .contains("AKIA***(20 characters)")
        .doesNotContain("hunter2hunter2")
        .contains("A_LONG_NAME_FOR_IT=qwer***(16 characters)")
        .doesNotContain("sk-ant-0123456789");
  }

  @Test
  void aFoundSecretIsNoWordOfTheSummaryEither() {
    String found =
        new String(
            answer(
                finding("hardcoded-secret", "a.py", 1, 1, "password: hunter2hunter2"),
                finding("sql-injection", "a.py", 1, 1, "SELECT 'some-ordinary-words'")),
            StandardCharsets.UTF_8);
    String told = "hunter2hunter2 is in a.py, and some-ordinary-words";
    ReviewOutcome outcome =
        activities.judge(
            request(null),
            PLAN,
            found.replace("All of it.", told).getBytes(StandardCharsets.UTF_8),
            commit(Map.of("a.py", 1)));
    assertThat(document(outcome).summary())
        .isEqualTo("hun***(14 characters) is in a.py, and some-ordinary-words");
  }

  @Test
  void aPlansOwnSchemaKeepsTheAnswerAsItIs() {
    JsonNode schema =
        ArtifactJson.read(
            "{\"type\":\"object\",\"required\":[\"grade\"],\"$defs\":{\"g\":{\"type\":\"integer\"}},"
                + "\"properties\":{\"grade\":{\"$ref\":\"#/$defs/g\"}}}",
            JsonNode.class,
            "schema");
    Plan own = Plan.builder("own", "Grade.").schema(schema).build();
    byte[] json = "{\"grade\":3,\"summary\":\"fine\"}".getBytes(StandardCharsets.UTF_8);
    ReviewOutcome outcome = activities.judge(request(null), own, json, commit(Map.of()));
    assertThat(outcome.verdict()).isEqualTo(Verdict.VALID);
    assertThat(String.valueOf(document(outcome).answer())).contains("\"grade\":3");
    byte[] bad = "{\"grade\":\"A\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(activities.judge(request(null), own, bad, commit(Map.of())).verdict())
        .isEqualTo(Verdict.INVALID);
  }

  /** One file with this text. */
  private static CommitFiles file(String path, String text) {
    SourceText content = SourceText.of(text);
    CommitFiles counted = commit(Map.of(path, content.lines().size()));
    return new CommitFiles() {
      @Override
      public Map<String, Kind> kinds(Collection<String> paths) {
        return counted.kinds(paths);
      }

      @Override
      public void read(Collection<String> paths, BiConsumer<String, Content> reader) {
        paths.forEach(one -> reader.accept(one, new Content(content.lines().size(), content)));
      }
    };
  }

  private List<Finding> judged(String text, String... findings) {
    return document(activities.judge(request(null), PLAN, answer(findings), file("src/a.py", text)))
        .findings();
  }

  @Test
  void aFindingKeepsItsFingerprintWhenItsWordsChangeAndItsLinesMove() {
    String body =
        """
        class Users:
            def find(self, name):
                sql = 'x' + name
                run(sql)
            def drop(self):
                run('drop')
        """;
    List<Finding> before =
        judged(
            body,
            finding("sql-injection", "src/a.py", 4, 4, "e"),
            finding("sql-injection", "src/a.py", 6, 6, "e"));
    List<Finding> after =
        judged(
            "import os\n".repeat(40) + body,
            finding("sql-injection", "src/a.py", 46, 46, "other").replace("A title", "Reworded"),
            finding("sql-injection", "src/a.py", 43, 44, "words").replace("A title", "Again"));
    assertThat(after.get(1).fingerprint()).isEqualTo(before.get(0).fingerprint()).hasSize(64);
    assertThat(after.get(0).fingerprint()).isEqualTo(before.get(1).fingerprint());
    assertThat(after.get(0).fingerprint()).isNotEqualTo(after.get(1).fingerprint());
    assertThat(after.get(0).lineHash()).isEqualTo(before.get(1).lineHash()).endsWith(":1");
    assertThat(after.get(0).primary().snippetHash())
        .isEqualTo(before.get(1).primary().snippetHash());
  }

  @Test
  void severalOfAKindInOnePlaceAreNumberedByTheirLines() {
    String text = "def f():\n  a()\n  b()\n";
    List<Finding> both =
        judged(
            text,
            finding("sql-injection", "src/a.py", 3, 3, "e"),
            finding("sql-injection", "src/a.py", 2, 2, "e"));
    List<Finding> first = judged(text, finding("sql-injection", "src/a.py", 2, 2, "e"));
    assertThat(both.get(1).fingerprint()).isEqualTo(first.get(0).fingerprint());
    assertThat(both.get(0).fingerprint()).isNotEqualTo(both.get(1).fingerprint());
  }

  @Test
  void aSecretsLinesAreKnownByLessThanTheSecret() {
    String line = "key = \"hunter2\"";
    Finding one = judged(line + "\n", finding("hardcoded-secret", "src/a.py", 1, 1, "e")).get(0);
    Finding other =
        judged("key = \"huntsr9\"\n", finding("hardcoded-secret", "src/a.py", 1, 1, "e")).get(0);
    assertThat(one.primary().snippetHash())
        .isNotEqualTo(other.primary().snippetHash())
        .isNotEqualTo(Sha256.ofText(line));
  }

  @Test
  void theSameTwiceAndPathsWithControlCharactersAreNotBelieved() {
    List<Finding> found =
        judged(
            "a\nb\n",
            finding("sql-injection", "src/a.py", 1, 1, "e"),
            finding("sql-injection", "src/a.py", 1, 1, "other words"),
            finding("sql-injection", "src/a.py\r", 2, 2, "e"));
    assertThat(found).hasSize(1);
  }

  @Test
  void whereALoneCarriageReturnIsThereIsNoLineHash() {
    assertThat(judged("a\rb\nc\n", finding("sql-injection", "src/a.py", 2, 2, "e")))
        .extracting(Finding::lineHash)
        .containsOnlyNulls();
  }

  @Test
  void findingsCarryTheirCodeWithoutTheSecretsThatWereFound() {
    String text =
        "one\nkey = \"tr0ub4dor-and-3\"\nthree\nrun(sk-ant-0123456789, tr0ub4dor-and-3)\n"
            + "x\n".repeat(60);
    ReviewOutcome outcome =
        activities.judge(
            request(null),
            PLAN,
            answer(
                finding("hardcoded-secret", "a.py", 2, 2, "e"),
                finding("sql-injection", "a.py", 4, 4, "e"),
                finding("sql-injection", "a.py", 10, 60, "e")),
            file("a.py", text));
    List<CodeExcerpt> code =
        document(outcome).findings().stream()
            .map(finding -> Objects.requireNonNull(finding.locations().get(0).excerpt()))
            .toList();
    assertThat(code.get(0).startLine()).isEqualTo(1);
    assertThat(code.get(0).lines()).contains("key = \"tr0***(15 characters)\"").hasSize(5);
    assertThat(code.get(1).lines()).contains("run(***, tr0***(15 characters))").hasSize(7);
    assertThat(code.get(2).startLine()).isEqualTo(7);
    assertThat(code.get(2).lines()).hasSize(24);
  }

  @Test
  void findingsInFilesThatReviewignoreLeavesOutAreDroppedAndCounted() {
    ReviewOutcome outcome =
        activities.judge(
            request("server"),
            PLAN,
            answer(
                finding("sql-injection", "vendor/a.c", 1, 1, "e"),
                finding("sql-injection", "server/vendor/a.c", 1, 1, "e"),
                finding("sql-injection", "src/b.c", 1, 1, "e"),
                finding("sql-injection", "none.c", 1, 1, "e")),
            commit(Map.of("server/vendor/a.c", IGNORED, "server/src/b.c", 9)));

    ReviewDocument document = document(outcome);
    assertThat(document.findings()).hasSize(1);
    assertThat(document.ignored()).isEqualTo(2);
    assertThat(outcome.refused()).isEqualTo(3);
    assertThat(document.refused().get(0).reason()).contains(".reviewignore");
    assertThat(outcome.findings().total()).isEqualTo(1);
  }

  @Test
  void anIgnoredFileOfTheSameNameTakesNoFindingFromAReviewedOne() {
    ReviewOutcome outcome =
        activities.judge(
            request("server"),
            PLAN,
            answer(finding("sql-injection", "lib/a.c", 1, 1, "e")),
            commit(Map.of("server/lib/a.c", IGNORED, "lib/a.c", 9)));

    assertThat(document(outcome).findings())
        .extracting(f -> f.locations().get(0).path())
        .containsExactly("lib/a.c");
  }

  @Test
  void ofTooManyFindingsTheMostSevereAreBelieved() {
    List<AgentFinding> many = new ArrayList<>();
    for (int i = 0; i < 50_001; i++) {
      many.add(
          new AgentFinding(
              "r" + i,
              "T",
              i == 50_000 ? Severity.CRITICAL : Severity.LOW,
              Confidence.LOW,
              "src/Db.java",
              1,
              1,
              null,
              null,
              null,
              List.of()));
    }
    FindingCheck check =
        FindingCheck.of(
            many,
            null,
            commit(Map.of("src/Db.java", 10)),
            new SecretMask(KnownSecrets.of(Map.of())));
    assertThat(check.findings()).hasSize(50_000).last().returns("r50000", Finding::ruleId);
    assertThat(check.refused())
        .singleElement()
        .satisfies(
            refused -> {
              assertThat(refused.finding().ruleId()).isEqualTo("r49999");
              assertThat(refused.reason()).contains("more than 50000 findings");
            });
  }

  /** The time is printed; only a hang fails. */
  @Test
  @Timeout(600)
  void tensOfThousandsOfSecretsAndALineFullOfQuotesAreMasked() {
    SecretMask mask = new SecretMask(KnownSecrets.of(Map.of()));
    List<Finding> findings = new ArrayList<>();
    List<@Nullable CodeExcerpt> code = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      AgentFinding answer =
          new AgentFinding(
              "hardcoded-secret",
              "T",
              Severity.LOW,
              Confidence.LOW,
              "f" + i,
              1,
              1,
              null,
              null,
              null,
              List.of());
      findings.add(Finding.of("f" + i, answer));
      code.add(
          new CodeExcerpt(
              1,
              List.of(
                  "k = \"secret%07dvalue\"".formatted(i),
                  "print(secret%07dvalue)".formatted(i + 1))));
    }
    long start = System.nanoTime();
    List<Finding> shown = FindingExcerpts.added(findings, code, mask);
    System.out.printf("20,000 secrets: %d ms%n", (System.nanoTime() - start) / 1_000_000);
    assertThat(shown.stream().filter(one -> one.primary().excerpt() != null))
        .hasSizeGreaterThan(5_000);
    assertThat(shown)
        .allMatch(
            one -> {
              CodeExcerpt excerpt = one.primary().excerpt();
              return excerpt == null
                  || excerpt.lines().stream().noneMatch(line -> line.matches(".*secret[0-9].*"));
            });

    StringBuilder line = new StringBuilder();
    for (int i = 0; line.length() < 1 << 20; i++) {
      line.append("\"v").append(Integer.toString(i * 7919, 36)).append("xyz\",");
    }
    AgentFinding quotes =
        new AgentFinding(
            "hardcoded-secret",
            "T",
            Severity.LOW,
            Confidence.LOW,
            "f",
            1,
            1,
            line.toString(),
            line.toString(),
            null,
            List.of());
    start = System.nanoTime();
    String evidence = String.valueOf(mask.apply(quotes).evidence());
    System.out.printf("1 MiB of quotes: %d ms%n", (System.nanoTime() - start) / 1_000_000);
    assertThat(evidence).contains("***(").doesNotContain("xyz");
  }
}
