package dev.repofleet.e2b.local.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.Wire;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox may reach and who may reach it, as asked for (E2B contract, 1.4). What is about
 * egress is checked, kept and shown, but not enforced: the sandboxes share this machine's network.
 *
 * @param internet {@code allow_internet_access}; null when it was not said
 * @param rules the object {@code network}; not to be changed
 */
public record NetworkRules(@Nullable Boolean internet, ObjectNode rules) {
  /** On answers that take egress rules: the caller must not rely on them here. */
  public static final String NOT_ENFORCED = "X-Not-Enforced";

  private static final Set<String> INGRESS = Set.of("allowPublicTraffic", "maskRequestHost");
  private static final List<String> ADDRESSES = List.of("allowOut", "denyOut");
  private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]+(/\\d{1,3})?");

  static NetworkRules none() {
    return new NetworkRules(null, Wire.object());
  }

  /** Reads a create request's. */
  static NetworkRules of(ObjectNode body) {
    JsonNode network = body.path("network");
    if (!network.isMissingNode() && !network.isNull() && !network.isObject()) {
      throw ApiException.of(400, "network must be an object");
    }
    ObjectNode rules = Wire.object();
    if (network instanceof ObjectNode given) {
      rules.setAll(given.deepCopy());
    }
    return new NetworkRules(internet(body), checked(rules));
  }

  /** With the egress rules of an update in place of all earlier ones; ingress stays as it is. */
  NetworkRules replacedBy(ObjectNode body) {
    ObjectNode egress = body.deepCopy();
    egress.remove("allow_internet_access");
    egress.remove(INGRESS);
    INGRESS.forEach(
        name -> {
          if (rules.has(name)) {
            egress.set(name, rules.get(name));
          }
        });
    return new NetworkRules(internet(body), checked(egress));
  }

  /** Whether it says something about egress that this server does not do. */
  public boolean asksForEgressRules() {
    boolean named = rules.propertyStream().anyMatch(rule -> !INGRESS.contains(rule.getKey()));
    return named || Boolean.FALSE.equals(internet);
  }

  /** Whether everybody may reach the ports of its programs. */
  public boolean publicTraffic() {
    return rules.path("allowPublicTraffic").asBoolean(true);
  }

  /** The Host header that its programs see; empty for the caller's own. */
  public String maskedHost(int port) {
    return rules.path("maskRequestHost").asText("").replace("${PORT}", Integer.toString(port));
  }

  /** As a create's body has it, a proxy's password too. */
  void writeTo(ObjectNode body) {
    if (internet != null) {
      body.put("allow_internet_access", internet);
    }
    body.set("network", rules.deepCopy());
  }

  /** Puts it into a sandbox's description; a proxy's password is never told. */
  void show(ObjectNode detail) {
    if (internet != null) {
      detail.put("allowInternetAccess", internet);
    }
    if (!rules.isEmpty()) {
      ObjectNode shown = rules.deepCopy();
      if (shown.get("egressProxy") instanceof ObjectNode proxy) {
        proxy.remove("password");
      }
      detail.set("network", shown);
    }
  }

  private static @Nullable Boolean internet(ObjectNode body) {
    JsonNode value = body.path("allow_internet_access");
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isBoolean()) {
      throw ApiException.of(400, "allow_internet_access must be true or false");
    }
    return value.asBoolean();
  }

  private static ObjectNode checked(ObjectNode rules) {
    for (String name : ADDRESSES) {
      JsonNode list = rules.path(name);
      if (!list.isMissingNode() && !list.isNull() && !list.isArray()) {
        throw ApiException.of(400, "network." + name + " must be a list");
      }
      for (JsonNode entry : list) {
        boolean address = ADDRESS.matcher(entry.asText()).matches();
        if (!entry.isTextual() || (name.equals("denyOut") && !address)) {
          throw ApiException.of(
              400,
              "network.%s can't hold '%s'; denyOut takes IP addresses and CIDR blocks only"
                  .formatted(name, Redaction.printable(entry.asText())));
        }
      }
    }
    return rules;
  }
}
