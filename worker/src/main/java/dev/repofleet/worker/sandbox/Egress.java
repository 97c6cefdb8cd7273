package dev.repofleet.worker.sandbox;

import dev.repofleet.artifacts.plan.McpServer;
import dev.repofleet.artifacts.plan.NetworkAccess;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.SandboxNetwork;
import dev.repofleet.workflows.AgentKind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/**
 * What a sandbox may reach while an agent is in it: the model, by this worker's settings, the
 * plan's MCP servers, and what the plan allows. Immutable and thread-safe.
 */
final class Egress {
  /** E2B tells names apart on these alone: by the Host header, and by the server name of TLS. */
  private static final Set<Integer> PORTS_WITH_NAMES = Set.of(80, 443);

  private static final String ANTHROPIC = "https://api.anthropic.com";

  private final Map<String, String> worker;

  /** By the settings of a worker with this environment. */
  Egress(Map<String, String> worker) {
    this.worker = new TreeMap<>();
    worker.forEach(
        (name, value) -> {
          if (AgentKind.isSet(name, worker)) {
            this.worker.put(name, value.strip());
          }
        });
  }

  /** The rules for an agent at work on a plan; they replace all that a sandbox had. */
  SandboxNetwork of(AgentKind agent, Plan plan) {
    NetworkAccess access = Objects.requireNonNullElse(plan.network(), NetworkAccess.DEFAULTS);
    Set<String> allowed = new LinkedHashSet<>();
    if (agent.usesModel()) {
      // As its environment is made: what a worker leaves open, a plan may say.
      Map<String, String> settings = new TreeMap<>(plan.environment());
      settings.putAll(worker);
      model(settings).forEach(url -> allowed.addAll(destinations(url)));
    }
    plan.mcp().values().stream()
        .map(McpServer::url)
        .filter(Objects::nonNull)
        .forEach(url -> allowed.addAll(server(url)));
    allowed.addAll(access.allow());
    if (!access.deniesTheRest()) {
      // E2B takes names only where all else is denied; here they are open anyway.
      allowed.removeIf(entry -> !NetworkAccess.ADDRESS.matcher(entry).matches());
    }
    return SandboxNetwork.builder()
        .allowOut(allowed.toArray(String[]::new))
        .denyOut(access.deny().toArray(String[]::new))
        .build();
  }

  /** Where the agent sends its requests: a proxy's address where there is one, too. */
  private static Stream<String> model(Map<String, String> settings) {
    return Stream.concat(Stream.ofNullable(settings.get("HTTPS_PROXY")), provider(settings));
  }

  private static Stream<String> provider(Map<String, String> settings) {
    if (settings.containsKey("CLAUDE_CODE_USE_BEDROCK")) {
      String region = settings.getOrDefault("AWS_REGION", "us-east-1");
      String gateway = settings.get("ANTHROPIC_BEDROCK_BASE_URL");
      return gateway != null
          ? Stream.of(gateway)
          : Stream.of("bedrock-runtime", "bedrock", "sts")
              .map(service -> "https://" + service + "." + region + ".amazonaws.com");
    }
    if (settings.containsKey("CLAUDE_CODE_USE_VERTEX")) {
      String region = settings.getOrDefault("CLOUD_ML_REGION", "us-east5");
      String prefix = region.equals("global") ? "" : region + "-";
      String standard = "https://" + prefix + "aiplatform.googleapis.com";
      return Stream.of(
          settings.getOrDefault("ANTHROPIC_VERTEX_BASE_URL", standard),
          "https://oauth2.googleapis.com");
    }
    return Stream.of(settings.getOrDefault("ANTHROPIC_BASE_URL", ANTHROPIC));
  }

  /** None where a secret says which host it is: the plan's own list must name that one. */
  private static List<String> server(String url) {
    List<String> one = destinations(url.replaceAll("\\$\\{[^}]*}", "1"));
    List<String> other = destinations(url.replaceAll("\\$\\{[^}]*}", "2"));
    return one.equals(other) ? one : List.of();
  }

  /** The host, and its addresses too where E2B would not know it by its name. */
  private static List<String> destinations(String address) {
    String stripped = address.strip();
    HttpUrl url = HttpUrl.parse(stripped.contains("://") ? stripped : "http://" + stripped);
    if (url == null) {
      return List.of();
    }
    String host = url.host();
    if (PORTS_WITH_NAMES.contains(url.port()) || NetworkAccess.ADDRESS.matcher(host).matches()) {
      return List.of(host);
    }
    try {
      return Stream.concat(
              Stream.of(host),
              Stream.of(InetAddress.getAllByName(host)).map(InetAddress::getHostAddress))
          .filter(entry -> NetworkAccess.DESTINATION.matcher(entry).matches())
          .toList();
    } catch (UnknownHostException e) {
      return List.of(host);
    }
  }
}
