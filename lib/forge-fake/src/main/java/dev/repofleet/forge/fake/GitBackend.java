package dev.repofleet.forge.fake;

import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The real {@code git http-backend} behind an HTTP server: CGI, as far as Git needs it. */
public final class GitBackend {
  private GitBackend() {}

  /**
   * Answers a request of Git.
   *
   * @param root folder of repositories
   * @param path of the request below it, with its leading slash
   */
  public static void answer(HttpExchange exchange, Path root, String path) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("git", "-c", "uploadpack.allowAnySHA1InWant=true", "http-backend")
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    byte[] body = exchange.getRequestBody().readAllBytes();
    Map<String, String> variables = builder.environment();
    variables.put("GIT_PROJECT_ROOT", root.toString());
    variables.put("GIT_HTTP_EXPORT_ALL", "1");
    variables.put("GIT_CONFIG_GLOBAL", "/dev/null");
    variables.put("GIT_CONFIG_NOSYSTEM", "1");
    variables.put("PATH_INFO", path);
    variables.put("REQUEST_METHOD", exchange.getRequestMethod());
    variables.put("REMOTE_ADDR", "127.0.0.1");
    variables.put(
        "QUERY_STRING", Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), ""));
    variables.put("CONTENT_TYPE", header(exchange, "Content-Type"));
    variables.put("HTTP_CONTENT_ENCODING", header(exchange, "Content-Encoding"));
    variables.put("GIT_PROTOCOL", header(exchange, "Git-Protocol"));
    variables.put("CONTENT_LENGTH", Integer.toString(body.length));
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(body);
    }
    relay(exchange, new BufferedInputStream(process.getInputStream()));
  }

  private static void relay(HttpExchange exchange, InputStream cgi) throws IOException {
    int status = 200;
    for (String line = line(cgi); !line.isEmpty(); line = line(cgi)) {
      int colon = line.indexOf(": ");
      String name = line.substring(0, colon);
      String value = line.substring(colon + 2);
      if (name.equals("Status")) {
        status = Integer.parseInt(value.substring(0, 3));
      } else {
        exchange.getResponseHeaders().set(name, value);
      }
    }
    exchange.sendResponseHeaders(status, 0);
    cgi.transferTo(exchange.getResponseBody());
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  /** A header of the request, empty when it has none. */
  static String header(HttpExchange exchange, String name) {
    return String.join(",", exchange.getRequestHeaders().getOrDefault(name, List.of()));
  }
}
