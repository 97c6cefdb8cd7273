package dev.repofleet.artifacts.plan;

import static dev.repofleet.artifacts.GoldenFile.isGolden;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.Severity;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a plan says in JSON, what it leaves out, and what it may not say. */
class PlanJsonTest {
  @Test
  void aSilentPlanHasTheDocumentedDefaults() throws IOException {
    isGolden(Plan.builder("security", "Review this.").build(), "plan-silent.json");
    assertThat(
            ArtifactJson.read(
                "{\"name\":\"security\",\"prompt\":\"Review this.\"}", Plan.class, "p"))
        .isEqualTo(Plan.builder("security", "Review this.").build());
  }

  @Test
  void aPlanThatSaysEverythingComesBackAsItWas() throws IOException {
    isGolden(
        Plan.builder("mine", "Look.")
            .instructions("Be brief.")
            .systemPrompt("You review.")
            .rules(List.of("a", "b"))
            .schema(ArtifactJson.read("{\"type\":\"object\"}", JsonNode.class, "schema"))
            .followUps(List.of(new FollowUp("Fix it.", "findings.high > 0", Approval.REQUIRED)))
            .model("m1")
            .fallbackModels(List.of("m2"))
            .effort("high")
            .limits(
                PlanLimits.of(
                    0.5,
                    3,
                    Duration.ofMinutes(1),
                    null,
                    null,
                    1000L,
                    Duration.ofDays(1),
                    Duration.ofMinutes(10)))
            .template("other")
            .environment(Map.of("B", "2", "A", "1"))
            .cloneOptions(new CloneOptions(5, true, true))
            .mcp(
                Map.of(
                    "tickets",
                    McpServer.http(
                        "https://tickets.example.org/mcp",
                        Map.of("Authorization", "Bearer ${TICKETS_TOKEN}")),
                    "files",
                    McpServer.stdio(
                        "serve-files", List.of("--read-only"), Map.of("KEY", "${FILES_KEY}"))))
            .secrets(List.of("TICKETS_TOKEN", "FILES_KEY"))
            .projectContext("We use Go.")
            .trustRepositorySettings(true)
            .incremental(true)
            .network(NetworkAccess.of(List.of("*.example.org", "10.0.0.0/8"), null))
            .verify(VerifyCommand.of("make test", null))
            .build(),
        "plan-full.json");
  }

  @Test
  void findingsAreVerifiedFromASeverityOnAndWithoutOneThePlanIsAsItAlwaysWas() {
    Plan plan = Plan.builder("p", "x").verifyFindings(Severity.HIGH).build();
    assertThat(ArtifactJson.line(plan)).endsWith("\"verifyFindings\":\"high\"}");
    assertThat(ArtifactJson.read(ArtifactJson.line(plan), Plan.class, "p")).isEqualTo(plan);
    assertThat(plan.withIncremental(true).verifyFindings()).isEqualTo(Severity.HIGH);
    assertThat(ArtifactJson.line(Plan.builder("p", "x").build())).doesNotContain("verifyFindings");
    Plan.Builder own =
        Plan.builder("p", "x")
            .schema(ArtifactJson.read("{\"type\":\"object\"}", JsonNode.class, "schema"))
            .verifyFindings(Severity.INFO);
    assertThatThrownBy(own::build)
        .hasMessage("plan p has a schema of its own, so there are no findings to verify");
  }

  @Test
  void aPlanThatSaysNothingOfTheNetworkIsAsItAlwaysWasAndAnEntryOfAnotherFormIsRefused() {
    assertThat(ArtifactJson.line(Plan.builder("p", "x").build())).doesNotContain("network");
    assertThat(ArtifactJson.read("{\"allow\":[\"a.example\"]}", NetworkAccess.class, "n"))
        .isEqualTo(NetworkAccess.of(List.of("a.example"), List.of("0.0.0.0/0")));
    assertThat(NetworkAccess.of(null, List.of()).deniesTheRest()).isFalse();
    for (String wrong :
        List.of(
            "https://a.example",
            "a.example:443",
            "a.example/x",
            "256.1.1.1",
            "10.0.0.0/33",
            "a..example",
            "-a.example",
            "*",
            "*.*.example",
            "::1",
            "",
            " a.example")) {
      assertThatThrownBy(() -> NetworkAccess.of(List.of(wrong), null))
          .hasMessage("network.allow can't hold \"" + wrong + "\"");
    }
    assertThatThrownBy(() -> NetworkAccess.of(null, List.of("a.example")))
        .hasMessage("network.deny can't hold \"a.example\"");
    assertThatThrownBy(() -> NetworkAccess.of(List.of("a.example"), List.of("10.0.0.0/8")))
        .hasMessageContaining("where network.deny is not 0.0.0.0/0");
  }

  @Test
  void aPlanOfAnEarlierVersionAsksNobodyAndTrustsNothing() {
    Plan plan =
        ArtifactJson.read(
            "{\"name\":\"old\",\"prompt\":\"x\",\"followUps\":[{\"prompt\":\"y\",\"when\":\"always\"}]}",
            Plan.class,
            "p");
    assertThat(plan.followUps().get(0).approval()).isEqualTo(Approval.NONE);
    assertThat(plan.trustRepositorySettings()).isFalse();
    assertThat(plan.incremental()).isFalse();
    assertThat(plan.mcp()).isEmpty();
    assertThat(plan.secrets()).isEmpty();
    assertThat(plan.projectContext()).isNull();
  }

  @Test
  void anMcpServerIsAProgramOrAUrlAndItsCommandLineHoldsNoSecret() {
    assertThat(ArtifactJson.read("{\"url\":\"https://h/mcp\"}", McpServer.class, "server").type())
        .isEqualTo("http");
    assertThat(ArtifactJson.read("{\"command\":\"x\"}", McpServer.class, "server").type())
        .isEqualTo("stdio");
    assertThatThrownBy(() -> new McpServer("http", null, Map.of(), "x", List.of(), Map.of()))
        .hasMessageContaining("needs its url");
    assertThatThrownBy(() -> new McpServer("stdio", "http://h", Map.of(), "x", List.of(), Map.of()))
        .hasMessageContaining("and not both");
    assertThatThrownBy(() -> McpServer.stdio("x", List.of("--token=${T}"), Map.of()))
        .hasMessageContaining("for every process to see");
  }

  @Test
  void aServerRefersToSecretsOfItsPlanAlone() {
    McpServer server = McpServer.http("https://h/${A}", Map.of("x", "${B:-${C}}"));
    assertThat(server.references()).containsExactly("A", "B:-${C");
    assertThatThrownBy(
            () ->
                Plan.builder("p", "x")
                    .mcp(
                        Map.of(
                            "s", McpServer.http("https://h", Map.of("k", "${ANTHROPIC_API_KEY}"))))
                    .secrets(List.of("OTHER"))
                    .build())
        .hasMessageContaining("${ANTHROPIC_API_KEY}, which is none of the plan's secrets");
  }

  @Test
  void limitsMustBeAboveZero() {
    assertThatThrownBy(() -> PlanLimits.of(0.0, null, null, null, null, null))
        .hasMessageContaining("limits.budgetUsd");
    assertThatThrownBy(() -> PlanLimits.of(null, 0, null, null, null, null))
        .hasMessageContaining("limits.turns");
    assertThatThrownBy(() -> PlanLimits.of(null, null, Duration.ZERO, null, null, null))
        .hasMessageContaining("limits.time");
    assertThatThrownBy(() -> PlanLimits.of(null, null, null, null, null, null, Duration.ZERO, null))
        .hasMessageContaining("limits.approvalTime");
    assertThatThrownBy(() -> PlanLimits.of(null, null, null, null, null, null, null, Duration.ZERO))
        .hasMessageContaining("limits.pausedTime");
  }
}
