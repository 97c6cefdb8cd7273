package dev.repofleet.starter.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.fuzz.Fuzz;
import org.junit.jupiter.api.Test;

/**
 * Whatever stands in a plan: a {@link PlanException} with its place, or a plan that can be kept.
 */
class PlanFuzzTest {
  private static final String YAML =
      """
      name: Nightly
      prompt: |
        Review {{repository}}.
      rules: [sql-injection, "path-traversal"]
      followUps:
        - prompt: Fix them.
          when: findings > 0
          approval: required
      model: claude-opus-4-8
      fallbackModels: [a, b]
      effort: high
      limits: {budgetUsd: 2.5, turns: 80, time: 30m, repositorySize: 2 GiB}
      template: base:1
      environment: {CI: "true", N: 7}
      clone: {depth: 1}
      mcp:
        tickets: {url: "https://host/mcp", headers: {Authorization: "Bearer ${TICKETS_TOKEN}"}}
        local: {command: node, args: [x.js, x.js], env: {A: b}}
      secrets: [TICKETS_TOKEN]
      incremental: true
      verifyFindings: high
      """;

  private static final String SCHEMA =
      """
      {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":
      {"summary":{"type":"string","pattern":"^[a-z]+$","maxLength":100},"list":{"type":"array",
      "items":{"$ref":"#/$defs/one"},"minItems":1}},"required":["summary"],"$defs":{"one":
      {"enum":["a",1,null]}},"if":{"minProperties":1},"then":{"required":["list"]},
      "additionalProperties":false}
      """;

  @Test
  void a_spoilt_yaml_plan_is_refused_with_its_place_or_can_be_kept() {
    Fuzz.of(YAML).text(input -> requireKept("plan.yaml", input));
  }

  @Test
  void a_spoilt_json_plan_is_refused_with_its_place_or_can_be_kept() {
    String json = PlanText.read("plan.yaml", YAML).root().toPrettyString();
    Fuzz.of(json).text(input -> requireKept("plan.json", input));
  }

  @Test
  void the_samples_are_good_ones() {
    Plan plan = new PlanReader(PlanText.read("plan.yaml", YAML), name -> SCHEMA).plan("p");
    assertThat(plan.name()).isEqualTo("Nightly");
    assertThat(SchemaFile.read("own.json", SCHEMA).path("required").size()).isEqualTo(1);
  }

  private static void requireKept(String file, String text) {
    try {
      Plan plan = new PlanReader(PlanText.read(file, text), name -> SCHEMA).plan("p");
      assertThat(ArtifactJson.read(ArtifactJson.pretty(plan), Plan.class, "plan")).isEqualTo(plan);
    } catch (PlanException e) {
      assertThat(e.getMessage()).startsWith(file);
    }
  }

  @Test
  void a_spoilt_schema_is_refused_with_its_name_or_taken() {
    Fuzz.of(SCHEMA)
        .text(
            input -> {
              try {
                assertThat(SchemaFile.read("own.json", input).path("type").asText())
                    .isEqualTo("object");
              } catch (PlanException e) {
                assertThat(e.getMessage()).startsWith("own.json");
              }
            });
  }
}
