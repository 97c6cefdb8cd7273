package dev.repofleet.worker.review;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.fuzz.Fuzz;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.review.ReviewRequest;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever an agent answers: a verdict on the answer, never an exception, never a secret. */
class ReviewFuzzTest {
  private static final String KEY = "sk-ant-0123456789";
  private static final Map<String, String> ENVIRONMENT = Map.of("ANTHROPIC_API_KEY", KEY);
  private static final Plan PLAN =
      Plan.builder("p", "Look.").rules(List.of("sql-injection", "hardcoded-secret")).build();

  private static final String FINDING =
      """
      {"ruleId":"hardcoded-secret","title":"A key","severity":"high","confidence":"low",\
      "path":"src/Db.java","startLine":2,"endLine":3,"summary":"It has \\"sk-ant-0123456789\\".",\
      "evidence":"key = \\"AKIAIOSFODNN7EXAMPLE\\"","remediation":"Rotate.","cwe":["CWE-798"]}""";

  private static final String ANSWER =
      "{\"summary\":\"All of it.\",\"findings\":["
          + FINDING
          + ","
          + FINDING.replace("hardcoded-secret", "sql-injection").replace(":2,", ":9,")
          + "],\"coverage\":{\"filesReviewed\":3,\"exclusions\":[{\"pattern\":\"docs/\","
          + "\"reason\":\"no code\"}]}}";

  @TempDir private Path folder;

  /** A commit that has every file, each of some lines. */
  private static final CommitFiles FILES =
      new CommitFiles() {
        @Override
        public Map<String, Kind> kinds(Collection<String> paths) {
          return paths.stream().collect(Collectors.toMap(path -> path, path -> Kind.FILE));
        }

        @Override
        public void read(Collection<String> paths, BiConsumer<String, Content> reader) {
          SourceText text = SourceText.of("a\nkey = \"AKIAIOSFODNN7EXAMPLE\"\r\nc\n".repeat(5));
          paths.forEach(path -> reader.accept(path, new Content(15, text)));
        }
      };

  @Test
  void aSpoiltAnswerIsValidOrInvalidAndKeepsNoSecret() {
    ArtifactStore store = ArtifactStores.open(folder.resolve("store").toString());
    ReviewRequest request =
        new ReviewRequest("b", "k", "s", "c0ffee", null, new PlanRef("u", "s", "p"), null);
    try (E2bClient client = new E2bClient(E2bOptions.builder().apiKey("e2b_none").build())) {
      ReviewActivitiesImpl activities =
          new ReviewActivitiesImpl(
              new SandboxConnections(client), store, new PlanSource(store), ENVIRONMENT);
      Fuzz.of(ANSWER)
          .withInputs(40)
          .bytes(
              input -> {
                ReviewOutcome outcome = activities.judge(request, PLAN, input, FILES);
                if (outcome.verdict() != Verdict.VALID) {
                  assertThat(outcome.problem()).isNotBlank().doesNotContain(KEY);
                  assertThat(outcome.problem()).hasSizeLessThanOrEqualTo(500);
                  return;
                }
                byte[] json = store.read(String.valueOf(outcome.reviewUri()), 32 << 20);
                assertThat(new String(json, UTF_8)).doesNotContain(KEY);
                ReviewDocument document =
                    ArtifactJson.read(json, ReviewDocument.class, "the document");
                assertThat(document.refused()).hasSize(outcome.refused());
                for (Finding finding : document.findings()) {
                  assertThat(finding.title()).doesNotContain("\n", "\t");
                  assertThat(finding.primary().path()).doesNotContain("..", "\n", "\0");
                }
              });
    }
  }

  /** The check took it for a fault of the schema, and the review failed for good. */
  @Test
  void aNumberThatIsTooLargeIsTheAnswersFault() {
    assertThat(SchemaCheck.problem(PLAN, ArtifactJson.read("[1e400]", JsonNode.class, "x")))
        .isEqualTo("the answer does not meet the schema: a number in it is too large");
  }

  @Test
  void aSpoiltVerdictLeavesEveryFindingThere() {
    SecretMask mask = new SecretMask(KnownSecrets.of(ENVIRONMENT));
    List<Finding> findings =
        Stream.of("f2", "f9")
            .map(id -> Finding.of(id, ArtifactJson.read(FINDING, AgentFinding.class, "a finding")))
            .toList();
    VerificationScope scope = VerificationScope.of(findings, Severity.LOW);
    Fuzz.of(
            "{\"verdicts\":[{\"id\":\"f2\",\"verdict\":\"confirmed\",\"reason\":\"seen "
                + KEY
                + "\"},{\"id\":\"f9\",\"verdict\":\"rejected\",\"reason\":\"no\"}]}")
        .withInputs(40)
        .bytes(
            input -> {
              VerdictCheck check = new VerdictCheck(input, mask);
              assertThat(check.problem()).doesNotContain(KEY);
              List<Finding> judged = check.applied(findings, scope);
              assertThat(judged).extracting(Finding::id).containsExactly("f2", "f9");
              for (Finding finding : judged) {
                assertThat(finding.verificationReason()).isNotNull().doesNotContain(KEY, "\n");
              }
            });
  }
}
