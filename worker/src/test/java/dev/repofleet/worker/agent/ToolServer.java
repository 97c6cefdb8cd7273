package dev.repofleet.worker.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * An MCP server on loopback with one tool, which is slow to come up and remembers how it was asked.
 * Thread-safe.
 */
final class ToolServer implements AutoCloseable {
  static final String TOOL = "look_up";

  /** More than the 5 s that Claude Code gives its servers where it is told to wait for them. */
  private static final Duration COMES_UP = Duration.ofSeconds(7);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<String> authorizations = new CopyOnWriteArrayList<>();

  ToolServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/mcp", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/mcp";
  }

  /** The header of each call, in order. */
  List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      if (!exchange.getRequestMethod().equals("POST")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      JsonNode call = JSON.readTree(exchange.getRequestBody());
      if (!call.has("id")) {
        exchange.sendResponseHeaders(202, -1);
        return;
      }
      ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
      answer.set("id", call.get("id"));
      ObjectNode result = answer.putObject("result");
      if (call.path("method").asText().equals("initialize")) {
        LockSupport.parkNanos(COMES_UP.toNanos());
        result.set("protocolVersion", call.at("/params/protocolVersion"));
        result.putObject("capabilities").putObject("tools");
        result.putObject("serverInfo").put("name", "tickets").put("version", "1");
      } else {
        ObjectNode tool = result.putArray("tools").addObject();
        tool.put("name", TOOL).put("description", "Looks up a ticket");
        tool.putObject("inputSchema").put("type", "object");
      }
      byte[] body = answer.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
