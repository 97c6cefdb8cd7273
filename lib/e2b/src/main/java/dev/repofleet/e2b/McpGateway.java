package dev.repofleet.e2b;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The program in a sandbox that makes MCP servers reachable under one address. Thread-safe; made by
 * {@link Sandbox#mcp()}.
 *
 * <p>The API starts nothing: this client does, as the official SDKs do, with the program {@code
 * mcp-gateway} of the template (E2B contract, 7). It must be in the image: that of the template
 * {@link #TEMPLATE} or of one built from it.
 *
 * <p>A pause that keeps the memory keeps the gateway; after one that does not it is gone and must
 * be started again.
 */
public final class McpGateway {
  /** The template that is taken where MCP servers are named and no template is. */
  public static final String TEMPLATE = "mcp-gateway";

  /** The port it listens on. */
  public static final int PORT = 50005;

  private static final String TOKEN_FILE = "/etc/mcp-gateway/.token";
  private static final String ROOT = "root";
  private static final int MAX_TOKEN = 4096;

  /** The official SDKs' limit for it to be ready. */
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private static final int MAX_SAID = 2000;

  private final Sandbox sandbox;

  McpGateway(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** Where it is reached from outside, with {@link #token()} as bearer token. */
  public URI url() {
    return sandbox.url(PORT).resolve("/mcp");
  }

  /** Where programs in the sandbox reach it, with the same token. */
  public URI urlInside() {
    return URI.create("http://localhost:" + PORT + "/mcp");
  }

  /**
   * The secret that requests carry as {@code Authorization: Bearer}. It is read in the sandbox, so
   * every handle can get it.
   *
   * @throws NotFoundException if no gateway was started in this sandbox
   * @throws E2bException if the sandbox does not answer
   */
  public String token() {
    byte[] bytes = sandbox.withUser(ROOT).files().read(TOKEN_FILE, MAX_TOKEN);
    String token = new String(bytes, StandardCharsets.UTF_8).strip();
    if (!token.matches("[!-~]+")) {
      throw new E2bProtocolException(
          "cannot read the MCP gateway's token in sandbox %s: %s holds none"
              .formatted(sandbox.sandboxId(), TOKEN_FILE),
          null);
    }
    return token;
  }

  boolean isStarted() {
    return sandbox.withUser(ROOT).files().exists(TOKEN_FILE);
  }

  /**
   * Starts it and returns when it answers, with a new token. {@link E2bClient#create} does so by
   * itself for a spec that names servers, and kills the sandbox where this fails.
   *
   * <p>While it starts, the servers' settings, keys included, stand on its command line, and its
   * token in its environment: processes in the sandbox can read them.
   *
   * @param servers name → settings
   * @throws IllegalArgumentException if no server is named
   * @throws E2bException if it ends with an error or is not ready in a minute; what it said is in
   *     the message, without the values of the settings. Parts of it may run: the sandbox is best
   *     killed
   */
  public void start(Map<String, Object> servers) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("an MCP gateway needs at least one server");
    }
    String token = UUID.randomUUID().toString();
    List<String> secrets = new ArrayList<>(List.of(token));
    collect(servers, secrets);
    String config = new String(JsonCodec.write(servers), StandardCharsets.UTF_8);
    Command command =
        Command.builder(
                "/bin/bash", "-l", "-c", "exec mcp-gateway --config \"$1\"", "mcp-gateway", config)
            .env("GATEWAY_ACCESS_TOKEN", token)
            .timeout(START_LIMIT)
            .build();
    CommandResult result = sandbox.withUser(ROOT).commands().run(command);
    if (!result.succeeded()) {
      throw new E2bException(
          "cannot start the MCP gateway in sandbox %s (template %s): %s: %s"
              .formatted(
                  sandbox.sandboxId(),
                  sandbox.template(),
                  result.exit().describe(),
                  ErrorBody.line(new SecretMask(secrets).hide(result.stderr()), MAX_SAID)),
          null);
    }
  }

  private static void collect(Object settings, List<String> secrets) {
    if (settings instanceof Map<?, ?> map) {
      map.values().forEach(value -> collect(value, secrets));
    } else if (settings instanceof Collection<?> list) {
      list.forEach(value -> collect(value, secrets));
    } else if (settings instanceof String text) {
      secrets.add(text);
    }
  }
}
