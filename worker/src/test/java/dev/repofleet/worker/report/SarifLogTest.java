package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.artifacts.finding.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class SarifLogTest {
  private static JsonNode run(SarifLog log) {
    return ArtifactJson.read(log.bytes(), JsonNode.class, "sarif").at("/runs/0");
  }

  private static JsonNode run(List<Finding> findings) {
    return run(SarifLog.of(FindingSamples.result(findings), List.of(), "security"));
  }

  @Test
  void aResultHasWhatCodeScanningAsksFor() {
    JsonNode run =
        run(
            List.of(
                FindingSamples.finding("sql-injection", Severity.HIGH, "src/a b#ü.py", 7, "run()")
                    .withSuppression(
                        new Suppression(
                            Suppression.Kind.FALSE_POSITIVE, "a constant", "ann", null))));
    JsonNode result = run.at("/results/0");
    assertThat(result.at("/ruleId").asText()).isEqualTo("sql-injection");
    assertThat(result.at("/level").asText()).isEqualTo("error");
    JsonNode place = result.at("/locations/0/physicalLocation");
    assertThat(place.at("/artifactLocation/uri").asText()).isEqualTo("src/a%20b%23%C3%BC.py");
    assertThat(place.at("/region").toString())
        .isEqualTo("{\"startLine\":7,\"startColumn\":1,\"endLine\":7,\"endColumn\":6}");
    assertThat(result.at("/partialFingerprints/primaryLocationLineHash").asText())
        .isEqualTo("c0ffee:1");
    assertThat(result.at("/suppressions/0/justification").asText())
        .isEqualTo("false_positive: a constant");
    assertThat(run.at("/automationDetails/id").asText()).isEqualTo("repofleet/security/b");
    assertThat(run.at("/versionControlProvenance/0/repositoryUri").asText())
        .isEqualTo("https://github.com/owner/name");
    assertThat(run.at("/invocations/0/executionSuccessful").asBoolean()).isTrue();
  }

  @Test
  void aRejectedFindingIsSuppressedForItselfWhateverAPersonDecided() {
    Finding rejected =
        FindingSamples.finding("sql-injection", Severity.HIGH, "a.py", 7, "run()")
            .withVerification(Verification.REJECTED, "it is a constant");
    Suppression accepted = new Suppression(Suppression.Kind.ACCEPTED, "a test", "ann", null);

    JsonNode alone = run(List.of(rejected)).at("/results/0");
    JsonNode both = run(List.of(rejected.withSuppression(accepted))).at("/results/0");
    JsonNode confirmed =
        run(List.of(rejected.withVerification(Verification.CONFIRMED, "seen"))).at("/results/0");

    assertThat(alone.at("/suppressions").toString())
        .isEqualTo(
            "[{\"kind\":\"external\",\"status\":\"accepted\","
                + "\"justification\":\"rejected by a verification: it is a constant\"}]");
    assertThat(alone.at("/properties/verification").asText()).isEqualTo("rejected");
    assertThat(alone.at("/properties/verificationReason").asText()).isEqualTo("it is a constant");
    assertThat(both.at("/suppressions").findValuesAsText("justification"))
        .containsExactly("accepted: a test", "rejected by a verification: it is a constant");
    assertThat(confirmed.has("suppressions")).isFalse();
    assertThat(confirmed.at("/properties/verification").asText()).isEqualTo("confirmed");
  }

  @Test
  void aRuleHasTheHighestSeverityOfItsResults() {
    JsonNode rules =
        run(List.of(
                FindingSamples.finding("b-rule", Severity.LOW, "a", 1, "x"),
                FindingSamples.finding("b-rule", Severity.CRITICAL, "a", 2, "y"),
                FindingSamples.finding("a-rule", Severity.MEDIUM, "a", 3, "z")))
            .at("/tool/driver/rules");
    assertThat(rules.findValuesAsText("id")).containsExactly("a-rule", "b-rule");
    assertThat(rules.at("/0/properties/security-severity").asText()).isEqualTo("5.0");
    assertThat(rules.at("/1/properties/security-severity").isTextual()).isTrue();
    assertThat(rules.at("/1/properties/security-severity").asText()).isEqualTo("9.5");
    assertThat(rules.at("/1/properties/tags").toString())
        .isEqualTo("[\"security\",\"external/cwe/cwe-089\"]");
    assertThat(rules.at("/1/shortDescription/text").asText()).isEqualTo("B rule");
  }

  @Test
  void ofThirtyThousandTheMostSevereStayAndTheRestIsCounted() {
    List<Finding> many = new ArrayList<>();
    for (int line = 1; line <= 30_000; line++) {
      Severity severity = line % 10 == 0 ? Severity.CRITICAL : Severity.LOW;
      many.add(FindingSamples.finding("r", severity, "f" + line + ".py", line, "code " + line));
    }
    JsonNode run = run(many);
    assertThat(run.at("/results")).hasSize(25_000);
    assertThat(run.at("/properties/resultsDropped").asInt()).isEqualTo(5_000);
    assertThat(count(run, "error")).isEqualTo(3_000);

    JsonNode small = run(SarifLog.of(FindingSamples.result(many), List.of(), "security", 100_000));
    int kept = small.at("/results").size();
    assertThat(kept).isBetween(100, 10_000);
    assertThat(small.at("/properties/resultsDropped").asInt()).isEqualTo(30_000 - kept);
    assertThat(count(small, "error")).isEqualTo(Math.min(kept, 3_000));
  }

  private static long count(JsonNode run, String level) {
    return StreamSupport.stream(run.at("/results").spliterator(), false)
        .filter(result -> result.at("/level").asText().equals(level))
        .count();
  }

  @Test
  void noFindingsAreARunWithoutResults() {
    JsonNode run = run(List.of());
    assertThat(run.at("/results").isArray()).isTrue();
    assertThat(run.at("/results")).isEmpty();
    assertThat(run.at("/properties/coverage").asText().toLowerCase(Locale.ROOT))
        .isEqualTo("complete");
  }

  @Test
  void theRulesOfThePresetsAreExplainedAndOthersNamed() {
    JsonNode rules =
        run(List.of(
                FindingSamples.finding("my-own_rule", Severity.LOW, "a", 1, "x"),
                FindingSamples.finding("sql-injection", Severity.LOW, "a", 2, "y")))
            .at("/tool/driver/rules");
    assertThat(rules.at("/0/help/text").asText()).startsWith("Each result says what is wrong");
    assertThat(rules.at("/0/fullDescription/text").asText()).startsWith("My own rule, as a coding");
    assertThat(rules.at("/1/help/text").asText())
        .startsWith("Input becomes part of a database query's text instead of a parameter. Each");
    assertThat(rules.at("/1/fullDescription/text").asText())
        .isEqualTo("Input becomes part of a database query's text instead of a parameter.");
  }

  @Test
  void aCarriedFindingSaysWhereItIsFrom() {
    Finding finding = FindingSamples.finding("r", Severity.LOW, "a", 1, "x");
    JsonNode results = run(List.of(finding, finding.carried("f2", "2", "monday"))).at("/results");
    assertThat(results.at("/0/properties").has("carriedFrom")).isFalse();
    assertThat(results.at("/1/properties/carriedFrom").asText()).isEqualTo("monday");
  }
}
