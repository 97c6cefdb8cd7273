package dev.repofleet.e2b.local.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.fault.Fault;
import dev.repofleet.e2b.local.fault.FaultKind;
import dev.repofleet.e2b.local.fault.FaultRoute;
import dev.repofleet.e2b.local.fault.Faults;
import dev.repofleet.e2b.local.http.Exchange;
import dev.repofleet.e2b.local.wire.HttpReply;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.Wire;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The fault switches over HTTP; the form is in the package's description. Thread-safe. */
public final class FaultsEndpoint {
  public static final String PATH = "/faults";

  private static final Set<String> KEYS =
      Set.of(
          "kind",
          "routes",
          "sandboxId",
          "times",
          "probability",
          "seed",
          "frames",
          "retryAfterSeconds",
          "latencyMillis",
          "jitterMillis",
          "struck");

  private final Faults faults;

  public FaultsEndpoint(Faults faults) {
    this.faults = faults;
  }

  void handle(Exchange exchange) {
    HttpMethod method = exchange.request().method();
    if (method.equals(HttpMethod.GET)) {
      exchange.reply(HttpReply.json(200, json()));
    } else if (method.equals(HttpMethod.DELETE)) {
      faults.clear();
      exchange.reply(HttpReply.empty(204));
    } else if (method.equals(HttpMethod.PUT)) {
      exchange.answer(this::replace);
    } else {
      exchange.reply(HttpReply.error(405, "method not allowed"));
    }
  }

  private HttpReply replace(byte[] body) {
    try {
      List<Fault> read = new ArrayList<>();
      for (JsonNode fault : Wire.parse(body).path("faults")) {
        read.add(fault(fault));
      }
      faults.replace(read);
      return HttpReply.json(200, json());
    } catch (IOException malformed) {
      return HttpReply.error(400, "the request body is not a JSON object");
    } catch (IllegalArgumentException wrong) {
      return HttpReply.error(400, Redaction.printable(String.valueOf(wrong.getMessage())));
    }
  }

  private static Fault fault(JsonNode json) {
    for (var property : json.properties()) {
      if (!KEYS.contains(property.getKey())) {
        throw new IllegalArgumentException("a fault has no " + property.getKey());
      }
    }
    Fault.Builder fault = Fault.of(constant(FaultKind.class, json.path("kind").asText()));
    if (json.hasNonNull("routes")) {
      fault.on(routes(json.get("routes")));
    }
    if (json.hasNonNull("sandboxId")) {
      fault.sandbox(json.get("sandboxId").asText());
    }
    return fault
        .times(json.path("times").asInt(1))
        .probability(json.path("probability").asDouble(1), json.path("seed").asLong(0))
        .frames(json.path("frames").asInt(1))
        .retryAfterSeconds(json.path("retryAfterSeconds").asInt(1))
        .latency(
            Duration.ofMillis(json.path("latencyMillis").asLong(0)),
            Duration.ofMillis(json.path("jitterMillis").asLong(0)))
        .build();
  }

  private static Set<FaultRoute> routes(JsonNode names) {
    Set<FaultRoute> routes = EnumSet.noneOf(FaultRoute.class);
    for (JsonNode name : names) {
      switch (name.asText()) {
        case "control" -> routes.addAll(FaultRoute.CONTROL);
        case "data" -> routes.addAll(FaultRoute.DATA);
        default -> routes.add(constant(FaultRoute.class, name.asText()));
      }
    }
    return routes;
  }

  private static <T extends Enum<T>> T constant(Class<T> type, String name) {
    try {
      return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new IllegalArgumentException(
          "there is no '%s', only %s"
              .formatted(name, Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)),
          unknown);
    }
  }

  private ObjectNode json() {
    ObjectNode all = Wire.object();
    ArrayNode list = all.putArray("faults");
    for (Faults.Status status : faults.status()) {
      Fault fault = status.fault();
      ObjectNode one = list.addObject().put("kind", fault.kind().wireName());
      ArrayNode routes = one.putArray("routes");
      fault.routes().stream().sorted().map(FaultRoute::wireName).forEach(routes::add);
      if (fault.sandboxId() != null) {
        one.put("sandboxId", fault.sandboxId());
      }
      one.put("times", fault.times()).put("probability", fault.probability());
      one.put("seed", fault.seed()).put("frames", fault.frames());
      one.put("retryAfterSeconds", fault.retryAfterSeconds());
      one.put("latencyMillis", fault.latency().toMillis());
      one.put("jitterMillis", fault.jitter().toMillis());
      one.put("struck", status.struck());
    }
    return all;
  }
}
