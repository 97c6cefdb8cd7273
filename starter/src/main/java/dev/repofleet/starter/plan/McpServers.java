package dev.repofleet.starter.plan;

import dev.repofleet.artifacts.plan.McpServer;
import dev.repofleet.starter.command.NearestName;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the key {@code mcp} of a plan: what stands under {@code mcpServers} in an MCP config. */
final class McpServers {
  static final List<String> KEYS = List.of("type", "url", "headers", "command", "args", "env");
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private McpServers() {}

  /**
   * The servers by name.
   *
   * @param secrets that values may refer to as <code>${NAME}</code>
   * @throws PlanException that points at the server or key which is wrong
   */
  static Map<String, McpServer> read(PlanObject plan, List<String> secrets) {
    Map<String, McpServer> servers = new LinkedHashMap<>();
    PlanObject mcp = plan.object("mcp").orElse(null);
    if (mcp == null) {
      return servers;
    }
    if (mcp.has("mcpServers")) {
      throw mcp.error("mcpServers", "'mcp' holds the servers themselves; drop 'mcpServers' around");
    }
    for (String name : mcp.keys()) {
      if (!NAME.matcher(name).matches()) {
        throw mcp.error(
            name, "'" + name + "' can't be the name of a server: letters, digits, '_' and '-'");
      }
      PlanObject server =
          mcp.object(name)
              .orElseThrow(() -> mcp.error(name, "'" + name + "' needs a 'url' or a 'command'"));
      servers.put(name, server(server, secrets));
    }
    return servers;
  }

  private static McpServer server(PlanObject server, List<String> secrets) {
    server.allow(KEYS);
    String type = server.text("type").orElse(null);
    if (type != null && !McpServer.TYPES.contains(type)) {
      throw server.error("type", "'type' is one of " + String.join(", ", McpServer.TYPES));
    }
    String url = server.text("url").orElse(null);
    String command = server.text("command").orElse(null);
    List<String> args = server.list("args").orElse(List.of());
    Map<String, String> headers = server.names("headers").orElse(Map.of());
    Map<String, String> env = server.names("env").orElse(Map.of());
    refuseMixture(server, url, command);
    if (url != null) {
      refuseAddress(server, url);
    }
    server
        .object("env")
        .ifPresent(
            object -> {
              for (String name : object.keys()) {
                if (!PlanReader.VARIABLE.matcher(name).matches()) {
                  throw object.error(name, "'" + name + "' can't be the name of a variable");
                }
              }
            });
    try {
      McpServer built = McpServer.of(type, url, headers, command, args, env);
      refuseReferences(server, built, secrets);
      return built;
    } catch (IllegalArgumentException e) {
      throw server.error(String.valueOf(e.getMessage()));
    }
  }

  private static void refuseMixture(
      PlanObject server, @Nullable String url, @Nullable String command) {
    for (String key : List.of("args", "env")) {
      if (url != null && server.has(key)) {
        throw server.error(key, "'" + key + "' is for a 'command'; a 'url' takes 'headers'");
      }
    }
    if (command != null && server.has("headers")) {
      throw server.error("headers", "'headers' is for a 'url'; a 'command' takes 'env'");
    }
  }

  /** With a secret in it an address is whole only in the sandbox. */
  private static void refuseAddress(PlanObject server, String url) {
    String plain = url.replaceAll("\\$\\{[^}]*}", "x");
    try {
      URI uri = URI.create(plain);
      if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
        return;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw server.error("url", "'url' must be an address such as https://host/mcp");
  }

  private static void refuseReferences(PlanObject server, McpServer built, List<String> secrets) {
    for (String reference : built.references()) {
      if (!secrets.contains(reference)) {
        String hint =
            NearestName.of(reference, secrets)
                .map(name -> "did you mean ${" + name + "}?")
                .orElse("name it there, by the name of a variable of the workers");
        throw server.error("${" + reference + "} is none of the plan's 'secrets': " + hint);
      }
    }
  }
}
