package dev.repofleet.worker.git;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The large files of a Git host, as Git LFS asks for them: its batch API with the transfer {@code
 * basic} (git-lfs 3.3, docs/api/batch.md of its sources), downloads alone. Thread-safe.
 */
final class LfsObjects {
  private static final String BATCH = "/info/lfs/objects/batch";
  private static final String OBJECT = "/info/lfs/content/";

  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  private volatile @Nullable String elsewhere;
  private final ObjectMapper json = new ObjectMapper();

  /** Keeps a file here; the pointer that is committed in its place. */
  String add(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    String oid;
    try {
      oid = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    objects.put(oid, bytes);
    return "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n"
        .formatted(oid, bytes.length);
  }

  /** Says from now on that the files are at another address. */
  void sendTo(String address) {
    elsewhere = address;
  }

  /** Whether a request is for this. */
  static boolean isFor(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().contains("/info/lfs/");
  }

  /** Answers one that is. */
  void answer(HttpExchange exchange, String address) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.endsWith(BATCH)) {
      String content =
          "http://" + Objects.requireNonNullElse(elsewhere, address) + path.replace(BATCH, OBJECT);
      JsonNode asked = json.readTree(exchange.getRequestBody());
      ObjectNode answer = json.createObjectNode().put("transfer", "basic");
      ArrayNode found = answer.putArray("objects");
      for (JsonNode object : asked.path("objects")) {
        String oid = object.path("oid").asText();
        ObjectNode one =
            found.addObject().put("oid", oid).put("size", object.path("size").asLong());
        if (objects.containsKey(oid)) {
          one.putObject("actions").putObject("download").put("href", content + oid);
        } else {
          one.putObject("error").put("code", 404).put("message", "Object does not exist");
        }
      }
      exchange.getResponseHeaders().set("Content-Type", "application/vnd.git-lfs+json");
      send(exchange, json.writeValueAsBytes(answer));
    } else {
      send(exchange, objects.getOrDefault(path.substring(path.lastIndexOf('/') + 1), new byte[0]));
    }
  }

  private static void send(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }
}
