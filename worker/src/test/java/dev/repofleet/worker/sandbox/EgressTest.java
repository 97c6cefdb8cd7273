package dev.repofleet.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.plan.McpServer;
import dev.repofleet.artifacts.plan.NetworkAccess;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.SandboxNetwork;
import dev.repofleet.workflows.AgentKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a sandbox may reach while an agent is in it. */
class EgressTest {
  private static final Plan SILENT = Plan.builder("p", "x").build();

  private static SandboxNetwork rules(Map<String, String> worker, Plan plan) {
    return new Egress(worker).of(AgentKind.CLAUDE, plan);
  }

  private static Plan plan(@Nullable List<String> allow, @Nullable List<String> deny) {
    return SILENT.toBuilder().network(NetworkAccess.of(allow, deny)).build();
  }

  @Test
  void a_silent_plan_lets_the_agent_to_its_model_alone() {
    SandboxNetwork rules = rules(Map.of("ANTHROPIC_API_KEY", "k"), SILENT);
    assertThat(rules.allowOut()).containsExactly("api.anthropic.com");
    assertThat(rules.denyOut()).containsExactly("0.0.0.0/0");
  }

  @Test
  void the_rehearsal_needs_nothing_and_gets_nothing() {
    SandboxNetwork rules = new Egress(Map.of()).of(AgentKind.REHEARSAL, SILENT);
    assertThat(rules.allowOut()).isEmpty();
    assertThat(rules.denyOut()).containsExactly("0.0.0.0/0");
  }

  @Test
  void blanks_around_a_setting_do_not_hide_its_host() {
    assertThat(
            rules(Map.of("CLAUDE_CODE_USE_VERTEX", "1\n", "CLOUD_ML_REGION", "global\n"), SILENT)
                .allowOut())
        .containsExactly("aiplatform.googleapis.com", "oauth2.googleapis.com");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ANTHROPIC_BASE_URL=https://gateway.example.org/v1                     | gateway.example.org
          ANTHROPIC_BASE_URL=                                                   | api.anthropic.com
          CLAUDE_CODE_USE_BEDROCK=0 AWS_REGION=eu-west-1                        | api.anthropic.com
          CLAUDE_CODE_USE_VERTEX=false CLOUD_ML_REGION=global                   | api.anthropic.com
          ANTHROPIC_BASE_URL=http://10.1.2.3:4000                               | 10.1.2.3
          HTTPS_PROXY=proxy.example.org:80                                      | proxy.example.org api.anthropic.com
          CLAUDE_CODE_USE_BEDROCK=1 AWS_REGION=eu-west-1                        | bedrock-runtime.eu-west-1.amazonaws.com bedrock.eu-west-1.amazonaws.com sts.eu-west-1.amazonaws.com
          CLAUDE_CODE_USE_BEDROCK=1 ANTHROPIC_BEDROCK_BASE_URL=https://b.example.org | b.example.org
          CLAUDE_CODE_USE_VERTEX=1 CLOUD_ML_REGION=europe-west1                 | europe-west1-aiplatform.googleapis.com oauth2.googleapis.com
          CLAUDE_CODE_USE_VERTEX=1 CLOUD_ML_REGION=global                       | aiplatform.googleapis.com oauth2.googleapis.com
          CLAUDE_CODE_USE_VERTEX=1 ANTHROPIC_VERTEX_BASE_URL=https://v.example.org/v1 | v.example.org oauth2.googleapis.com
          """)
  void the_model_is_where_the_worker_has_it(String settings, String hosts) {
    Map<String, String> worker = new HashMap<>();
    for (String setting : settings.split(" ", -1)) {
      int equals = setting.indexOf('=');
      worker.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    assertThat(rules(worker, SILENT).allowOut()).containsExactly(hosts.split(" ", -1));
  }

  @Test
  void a_region_that_the_worker_leaves_open_is_the_plans() {
    Plan plan = SILENT.toBuilder().environment(Map.of("AWS_REGION", "eu-north-1")).build();
    assertThat(rules(Map.of("CLAUDE_CODE_USE_BEDROCK", "1"), plan).allowOut())
        .contains("bedrock-runtime.eu-north-1.amazonaws.com");
    assertThat(
            rules(Map.of("CLAUDE_CODE_USE_BEDROCK", "1", "AWS_REGION", "eu-west-1"), plan)
                .allowOut())
        .contains("bedrock-runtime.eu-west-1.amazonaws.com")
        .doesNotContain("bedrock-runtime.eu-north-1.amazonaws.com");
  }

  /** E2B tells names apart on ports 80 and 443 alone. */
  @Test
  void on_another_port_a_host_is_allowed_by_its_addresses_too() {
    assertThat(rules(Map.of("ANTHROPIC_BASE_URL", "http://localhost:4000"), SILENT).allowOut())
        .contains("localhost", "127.0.0.1");
    String nowhere = "http://nowhere.invalid:4000";
    assertThat(rules(Map.of("ANTHROPIC_BASE_URL", nowhere), SILENT).allowOut())
        .containsExactly("nowhere.invalid");
  }

  @Test
  void servers_of_tools_are_allowed_where_the_plan_says_which_they_are() {
    Plan plan =
        SILENT.toBuilder()
            .secrets(List.of("T"))
            .mcp(
                Map.of(
                    "a", McpServer.http("https://a.example.org/${T}/mcp", Map.of()),
                    "b", McpServer.http("https://${T}.example.org/mcp", Map.of()),
                    "c", McpServer.stdio("serve", List.of(), Map.of())))
            .build();
    assertThat(rules(Map.of(), plan).allowOut())
        .containsExactly("api.anthropic.com", "a.example.org");
  }

  @Test
  void a_plan_allows_more() {
    SandboxNetwork rules = rules(Map.of(), plan(List.of("*.npmjs.org", "10.0.0.0/8"), null));
    assertThat(rules.allowOut()).containsExactly("api.anthropic.com", "*.npmjs.org", "10.0.0.0/8");
    assertThat(rules.denyOut()).containsExactly("0.0.0.0/0");
  }

  /** E2B refuses names there. */
  @Test
  void a_plan_that_denies_something_alone_leaves_the_rest_open() {
    SandboxNetwork rules = rules(Map.of(), plan(List.of("10.1.2.3"), List.of("10.0.0.0/8")));
    assertThat(rules.allowOut()).containsExactly("10.1.2.3");
    assertThat(rules.denyOut()).containsExactly("10.0.0.0/8");
    assertThat(rules(Map.of(), plan(null, List.of()))).isEqualTo(SandboxNetwork.open());
  }
}
