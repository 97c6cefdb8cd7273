package dev.repofleet.forge.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * The Git side of a forge on loopback: the real {@code git http-backend} behind plain HTTP. What
 * lies under {@code /private} asks for a login that nobody has; all else is read and written by
 * whoever {@link #readableWith} and {@link #writableWith} let in. Thread-safe.
 */
public final class GitHost implements AutoCloseable {
  private final Path root;
  private final HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Predicate<String> readers = token -> true;
  private volatile Predicate<String> writers = token -> false;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Serves the bare repositories of this folder on a free port. */
  public GitHost(Path root) {
    this.root = root;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** Host and port, as {@code REPOFLEET_GIT_HOSTS} wants them. */
  public String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** The URL of a repository here. */
  public String url(String path) {
    return "http://" + address() + "/" + path;
  }

  /** The paths that were asked for so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Puts a copy of a repository on this machine here, under {@code path}. */
  public void add(Path repository, String path) {
    git(repository, "clone", "-q", "--bare", ".", root.resolve(path).toString());
    git(root.resolve(path), "config", "http.receivepack", "true");
  }

  /** Tokens that may read, the empty one for no login; anybody may at first. */
  public void readableWith(Predicate<String> token) {
    readers = token;
  }

  /** Tokens that may push; nobody may at first. */
  public void writableWith(Predicate<String> token) {
    writers = token;
  }

  /** Which commit a branch has; nothing when there is no such branch, or no such repository. */
  public Optional<String> head(String path, String branch) {
    if (!Files.isDirectory(root.resolve(path))) {
      return Optional.empty();
    }
    String refs =
        git(root.resolve(path), "for-each-ref", "--format=%(objectname)", "refs/heads/" + branch);
    return refs.isEmpty() ? Optional.empty() : Optional.of(refs);
  }

  /** Runs Git in a bare repository here. */
  public String git(String path, String... arguments) {
    return git(root.resolve(path), arguments);
  }

  private static String git(Path folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + " failed in " + folder);
      }
      return out.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.add(exchange.getRequestURI().getPath());
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      boolean open =
          isPush(exchange)
              ? writers.test(token(exchange))
              : !path.startsWith("/private/") && readers.test(token(exchange));
      if (!open) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      GitBackend.answer(exchange, root, path);
    }
  }

  private static boolean isPush(HttpExchange exchange) {
    return exchange.getRequestURI().toString().contains("git-receive-pack");
  }

  /** What came as the password. */
  private static String token(HttpExchange exchange) {
    String login = GitBackend.header(exchange, "Authorization").replaceFirst("^Basic ", "");
    String said = new String(Base64.getDecoder().decode(login), StandardCharsets.UTF_8);
    return said.substring(said.indexOf(':') + 1);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
