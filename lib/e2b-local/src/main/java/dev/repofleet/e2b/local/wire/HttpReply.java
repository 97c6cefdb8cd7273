package dev.repofleet.e2b.local.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A whole answer that is small enough to hold. */
public record HttpReply(int status, String contentType, Map<String, String> headers, Buffer body) {
  static final String JSON = "application/json";

  public HttpReply {
    headers = Map.copyOf(headers);
  }

  public static HttpReply empty(int status) {
    return new HttpReply(status, "", Map.of(), Buffer.buffer());
  }

  public static HttpReply json(int status, JsonNode body) {
    return json(status, body, Map.of());
  }

  public static HttpReply json(int status, JsonNode body, Map<String, String> headers) {
    return new HttpReply(status, JSON, headers, Buffer.buffer(Wire.bytes(body)));
  }

  public static HttpReply text(int status, String body) {
    return new HttpReply(status, "text/plain; charset=utf-8", Map.of(), Buffer.buffer(body));
  }

  /** The error body of control plane, proxy and HTTP handlers: an int code (E2B contract, 1.2). */
  public static HttpReply error(int status, String message) {
    return json(status, errorBody(status, message));
  }

  public static ObjectNode errorBody(int status, String message) {
    return Wire.object().put("code", status).put("message", message);
  }

  /** The error body of a unary RPC: a named code (E2B contract, 3.1). */
  public static HttpReply rpcError(RpcException refused) {
    return json(
        refused.code().status(),
        Wire.object().put("code", refused.code().wireName()).put("message", refused.text()));
  }

  public HttpReply withHeader(String name, @Nullable String value) {
    if (value == null) {
      return this;
    }
    Map<String, String> all = new HashMap<>(headers);
    all.put(name, value);
    return new HttpReply(status, contentType, all, body);
  }
}
