package dev.repofleet.worker.git;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * A Git host on loopback, the real {@code git http-backend} behind it. The first part of a path
 * says how it behaves: {@code open}, {@code closed} (a login is asked for), {@code limited} (429),
 * {@code moved} (301), {@code broken} (500), {@code stuck} (no answer); the rest names a
 * repository.
 */
final class GitHttpServer implements AutoCloseable {
  static final String TOKEN = "token-for-tests-0123456789";

  private static final String USER = "x-access-token:";

  private final Path root;
  private volatile Predicate<String> opens = TOKEN::equals;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);

  /** The Authorization headers that came, in order. */
  final List<String> logins = new CopyOnWriteArrayList<>();

  private GitHttpServer(Path root) throws IOException {
    this.root = root;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** Serves the repositories in this folder. */
  static GitHttpServer serve(Path root) throws IOException {
    return new GitHttpServer(root);
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  String url(String path) {
    return "http://" + address() + "/" + path;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] path = exchange.getRequestURI().getPath().split("/", 3);
      String login = exchange.getRequestHeaders().getFirst("Authorization");
      if (login != null) {
        logins.add(login);
      }
      switch (path[1]) {
        case "open" -> backend(exchange, path[2]);
        case "closed" -> closed(exchange, path[2], login);
        case "limited" -> refuse(exchange, 429, Map.of("Retry-After", "7"));
        case "moved" -> refuse(exchange, 301, Map.of("Location", "/open/" + path[2]));
        case "broken" -> refuse(exchange, 500, Map.of());
        case "stuck" -> closing.await();
        default -> refuse(exchange, 404, Map.of());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets whoever has such a token in, in place of {@link #TOKEN}. */
  void openTo(Predicate<String> token) {
    opens = token;
  }

  private void closed(HttpExchange exchange, String path, String login) throws IOException {
    String sent = login == null ? "" : login.replaceFirst("^Basic ", "");
    String said = new String(Base64.getDecoder().decode(sent), StandardCharsets.UTF_8);
    if (said.startsWith(USER) && opens.test(said.substring(USER.length()))) {
      backend(exchange, path);
    } else {
      refuse(exchange, 401, Map.of("WWW-Authenticate", "Basic realm=\"git\""));
    }
  }

  private static void refuse(HttpExchange exchange, int status, Map<String, String> headers)
      throws IOException {
    headers.forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(status, -1);
  }

  /** The CGI protocol, as far as Git needs it. */
  private void backend(HttpExchange exchange, String path) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("git", "-c", "uploadpack.allowAnySHA1InWant=true", "http-backend")
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> variables = builder.environment();
    variables.put("GIT_PROJECT_ROOT", root.toString());
    variables.put("GIT_HTTP_EXPORT_ALL", "1");
    variables.put("PATH_INFO", "/" + path);
    variables.put("REQUEST_METHOD", exchange.getRequestMethod());
    variables.put("REMOTE_ADDR", "127.0.0.1");
    variables.put("QUERY_STRING", orEmpty(exchange.getRequestURI().getRawQuery()));
    variables.put("CONTENT_TYPE", orEmpty(header(exchange, "Content-Type")));
    variables.put("HTTP_CONTENT_ENCODING", orEmpty(header(exchange, "Content-Encoding")));
    variables.put("GIT_PROTOCOL", orEmpty(header(exchange, "Git-Protocol")));
    byte[] request = exchange.getRequestBody().readAllBytes();
    variables.put("CONTENT_LENGTH", Integer.toString(request.length));
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(request);
    }
    answer(exchange, process.getInputStream());
  }

  private static void answer(HttpExchange exchange, InputStream cgi) throws IOException {
    int status = 200;
    for (String line = line(cgi); !line.isEmpty(); line = line(cgi)) {
      String[] header = line.split(": ", 2);
      if (header[0].equals("Status")) {
        status = Integer.parseInt(header[1].substring(0, 3));
      } else {
        exchange.getResponseHeaders().set(header[0], header[1]);
      }
    }
    exchange.sendResponseHeaders(status, 0);
    cgi.transferTo(exchange.getResponseBody());
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  private static String header(HttpExchange exchange, String name) {
    return String.join(",", exchange.getRequestHeaders().getOrDefault(name, Arrays.asList()));
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
