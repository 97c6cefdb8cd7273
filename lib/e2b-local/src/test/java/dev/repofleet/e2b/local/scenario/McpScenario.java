package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.Files;
import dev.repofleet.e2b.McpGateway;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.TemplateSpec;
import dev.repofleet.e2b.local.Awaiting;
import java.util.Map;

final class McpScenario implements Scenario {
  /** E2B's gateway is not here; what counts is what the client does with one. */
  private static final String GATEWAY =
      """
      #!/bin/bash
      mkdir -p /etc/mcp-gateway
      echo -n "$GATEWAY_ACCESS_TOKEN" > /etc/mcp-gateway/.token
      echo "$2" > /etc/mcp-gateway/config
      """;

  private static final String PLACE = "/opt/repofleet/bin/mcp-gateway";

  @Override
  public String name() {
    return "mcp";
  }

  @Override
  public void observe(World world, Observations seen) {
    String quoted = "'" + GATEWAY.replace("'", "'\\''") + "'";
    world
        .client()
        .templates()
        .build(
            TemplateSpec.fromTemplate(McpGateway.TEMPLATE, "base")
                .runAs("root", "printf '%s' " + quoted + " > " + PLACE + " && chmod 755 " + PLACE)
                .build(),
            line -> {},
            Awaiting.LONG);
    Sandbox made =
        world
            .client()
            .create(
                SandboxSpec.builder()
                    .timeout(World.LIFE)
                    .mcp("github", Map.of("token", "t"))
                    .build());
    Files asRoot = made.withUser("root").files();
    seen.say("mcp.config", asRoot.readText("/etc/mcp-gateway/config").strip());
    seen.say("mcp.token", made.mcp().token().equals(asRoot.readText("/etc/mcp-gateway/.token")));
    // A server on this machine has no certificate: the scheme is not what is compared.
    String url = made.mcp().url().getSchemeSpecificPart();
    seen.say("mcp.url", url.startsWith("//50005-" + made.sandboxId() + "."));
    made.kill();
  }
}
