package dev.repofleet.e2b.local.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.http.Exchange;
import dev.repofleet.e2b.local.sandbox.NetworkRules;
import dev.repofleet.e2b.local.sandbox.NewSandbox;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.sandbox.SandboxLog;
import dev.repofleet.e2b.local.sandbox.SandboxRegistry;
import dev.repofleet.e2b.local.sandbox.Secrets;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.Wire;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Create, find, prolong and end sandboxes: E2B's public API (E2B contract, 1). Thread-safe. */
public final class ControlPlane {
  private static final Pattern COLLECTION = Pattern.compile("(/v2)?/sandboxes/?");
  private static final Pattern ONE = Pattern.compile("(/v2)?/sandboxes/([^/]+)(?:/([a-z]+))?");
  private static final String METRICS_OF_MANY = "/sandboxes/metrics";
  private static final String SNAPSHOTS = "/snapshots";
  private static final Pattern ID = Pattern.compile("([a-z0-9]+)(?:-[a-z0-9]+)?");

  /** On the answer of {@code /health}, when no sandbox here is real. */
  static final String SIMULATED = "X-Simulated-Sandboxes";

  private static final Duration CONNECT_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration RESUME_TIMEOUT = Duration.ofSeconds(15);

  private final SandboxRegistry registry;
  private final SandboxList list;
  private final SandboxActions actions;
  private final TemplatesEndpoint templates;
  private final Secrets secrets;
  private final HttpReply health;
  private final FaultsEndpoint faults;

  public ControlPlane(
      SandboxRegistry registry,
      SandboxActions actions,
      TemplatesEndpoint templates,
      Secrets secrets,
      boolean simulated,
      FaultsEndpoint faults) {
    this.faults = faults;
    this.registry = registry;
    this.actions = actions;
    this.templates = templates;
    this.list = new SandboxList(registry);
    this.secrets = secrets;
    HttpReply empty = HttpReply.empty(204);
    this.health = simulated ? empty.withHeader(SIMULATED, "true") : empty;
  }

  public void handle(Exchange exchange) {
    String path = exchange.request().path();
    if (path.equals("/health")) {
      exchange.reply(health);
      return;
    }
    if (templates.takesUpload(exchange)) {
      return;
    }
    if (!secrets.isApiKey(exchange.header("X-API-Key"))) {
      exchange.reply(HttpReply.error(401, "the API key is missing or wrong (header X-API-Key)"));
      return;
    }
    if (path.equals(FaultsEndpoint.PATH)) {
      faults.handle(exchange);
      return;
    }
    Matcher collection = COLLECTION.matcher(path);
    Matcher one = ONE.matcher(path);
    if (path.equals(METRICS_OF_MANY)) {
      exchange.run(() -> actions.metricsOfMany(exchange.parameter("sandbox_ids")));
    } else if (path.equals(SNAPSHOTS)) {
      exchange.run(() -> actions.snapshots(exchange::parameter));
    } else if (templates.handles(path)) {
      templates.handle(exchange);
    } else if (collection.matches()) {
      collection(exchange, collection.group(1) != null);
    } else if (one.matches()) {
      String action = one.group(3) == null ? "" : one.group(3);
      one(exchange, one.group(1) != null, one.group(2), action);
    } else {
      exchange.reply(unknown());
    }
  }

  private void collection(Exchange exchange, boolean v2) {
    HttpMethod method = exchange.request().method();
    if (method.equals(HttpMethod.POST)) {
      exchange.answer(body -> create(body, v2));
    } else if (method.equals(HttpMethod.GET)) {
      exchange.run(() -> v2 ? list.page(exchange::parameter) : list.running(exchange::parameter));
    } else {
      exchange.reply(HttpReply.error(405, "method not allowed"));
    }
  }

  private HttpReply create(byte[] body, boolean v2) throws InterruptedException {
    Sandbox sandbox = registry.create(NewSandbox.of(parse(body), v2));
    HttpReply reply = HttpReply.json(201, sandbox.json());
    return sandbox.network().asksForEgressRules()
        ? reply.withHeader(NetworkRules.NOT_ENFORCED, "network")
        : reply;
  }

  private void one(Exchange exchange, boolean v2, String rawId, String action) {
    HttpMethod method = exchange.request().method();
    if (method.equals(HttpMethod.GET)) {
      exchange.run(() -> ask(rawId, action, v2, exchange::parameter));
    } else if (action.isEmpty() && !v2 && method.equals(HttpMethod.DELETE)) {
      exchange.run(() -> kill(rawId));
    } else if (action.equals("network") && !v2 && method.equals(HttpMethod.PUT)) {
      exchange.answer(body -> actions.network(id(rawId), parse(body)));
    } else if (method.equals(HttpMethod.POST) && (!v2 || action.equals("connect"))) {
      exchange.answer(body -> act(id(rawId), action, v2, parse(body)));
    } else {
      exchange.reply(unknown());
    }
  }

  private HttpReply kill(String rawId) {
    String id = id(rawId);
    return registry.kill(id) ? HttpReply.empty(204) : registry.notFound(id).reply();
  }

  private HttpReply ask(String rawId, String action, boolean v2, UnaryOperator<String> query) {
    if (action.isEmpty() && !v2) {
      return HttpReply.json(200, require(rawId).detail());
    }
    if (action.equals("metrics") && !v2) {
      return actions.metrics(id(rawId), query);
    }
    if (action.equals("logs")) {
      SandboxLog log = require(rawId).log();
      return HttpReply.json(200, v2 ? log.page(query) : log.all(query));
    }
    return unknown();
  }

  private HttpReply act(String id, String action, boolean v2, ObjectNode body)
      throws IOException, InterruptedException {
    boolean keepMemory = body.path("memory").asBoolean(true);
    switch (action) {
      case "connect" -> {
        boolean resumed = registry.connect(id, connectTimeout(body, v2), keepMemory);
        return HttpReply.json(resumed ? 201 : 200, require(id).json());
      }
      case "resume" -> {
        registry.resume(id, duration(body, "timeout", RESUME_TIMEOUT), keepMemory);
        return HttpReply.json(201, require(id).json());
      }
      case "snapshots" -> {
        return actions.snapshot(id, body);
      }
      case "fork" -> {
        return actions.fork(id, body);
      }
      case "timeout" -> registry.setTimeout(id, NewSandbox.seconds(required(body, "timeout")));
      case "refreshes" -> registry.refresh(id, duration(body, "duration", Duration.ZERO));
      case "pause" -> registry.pause(id, keepMemory);
      default -> {
        return unknown();
      }
    }
    return HttpReply.empty(204);
  }

  private static Duration duration(ObjectNode body, String name, Duration otherwise) {
    return body.hasNonNull(name) ? NewSandbox.seconds(body.get(name)) : otherwise;
  }

  private static Duration connectTimeout(ObjectNode body, boolean v2) {
    return v2
        ? duration(body, "timeout", CONNECT_TIMEOUT)
        : NewSandbox.seconds(required(body, "timeout"));
  }

  private static JsonNode required(ObjectNode body, String name) {
    if (!body.hasNonNull(name)) {
      throw ApiException.of(400, name + " is required");
    }
    return body.get(name);
  }

  private Sandbox require(String rawId) {
    return registry.require(id(rawId));
  }

  /** An id, or E2B's older form of it, id-client. */
  private static String id(String raw) {
    Matcher matcher = ID.matcher(raw);
    if (!matcher.matches()) {
      throw ApiException.of(400, "Invalid sandbox ID");
    }
    return matcher.group(1);
  }

  private static HttpReply unknown() {
    return HttpReply.error(404, "this local server has no such endpoint");
  }

  private static ObjectNode parse(byte[] body) {
    try {
      return Wire.parse(body);
    } catch (IOException malformed) {
      throw ApiException.of(400, "the request body is not a JSON object");
    }
  }
}
