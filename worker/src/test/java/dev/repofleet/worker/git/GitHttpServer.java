package dev.repofleet.worker.git;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.repofleet.forge.fake.GitBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
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

  private final AtomicInteger requests = new AtomicInteger();

  /** The Authorization headers that came, in order. */
  final List<String> logins = new CopyOnWriteArrayList<>();

  /** The large files of all repositories. */
  final LfsObjects lfs = new LfsObjects();

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

  /** How many came so far. */
  int requests() {
    return requests.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      String[] path = exchange.getRequestURI().getPath().split("/", 3);
      String login = exchange.getRequestHeaders().getFirst("Authorization");
      if (login != null) {
        logins.add(login);
      }
      switch (path[1]) {
        case "open" -> answer(exchange, path[2]);
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
      answer(exchange, path);
    } else {
      refuse(exchange, 401, Map.of("WWW-Authenticate", "Basic realm=\"git\""));
    }
  }

  private void answer(HttpExchange exchange, String path) throws IOException {
    if (LfsObjects.isFor(exchange)) {
      lfs.answer(exchange, address());
    } else {
      GitBackend.answer(exchange, root, "/" + path);
    }
  }

  private static void refuse(HttpExchange exchange, int status, Map<String, String> headers)
      throws IOException {
    headers.forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(status, -1);
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
