package dev.repofleet.worker.forge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.workflows.Excerpt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHFileNotFoundException;
import org.kohsuke.github.GitHub;
import org.kohsuke.github.GitHubAbuseLimitHandler;
import org.kohsuke.github.GitHubBuilder;
import org.kohsuke.github.GitHubRateLimitHandler;
import org.kohsuke.github.HttpException;
import org.kohsuke.github.authorization.AuthorizationProvider;
import org.kohsuke.github.connector.GitHubConnectorResponse;
import org.kohsuke.github.extras.okhttp3.OkHttpGitHubConnector;

/**
 * Asks one GitHub. Nothing here waits for a limit to end: a call that meets one fails with {@link
 * ForgeException.Kind#RATE_LIMITED} and says until when. Thread-safe.
 */
public final class GitHubCalls {
  /** Pages of a hundred repositories take GitHub a few seconds at most. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** For a limit without a word on its end, GitHub asks for a minute at least. */
  private static final Duration UNTOLD_LIMIT = Duration.ofMinutes(1);

  /** The library tells of each retry there, past our own log; kept, or its level would be lost. */
  private static final Logger LIBRARY = Logger.getLogger("org.kohsuke.github.GitHubClient");

  static {
    LIBRARY.setLevel(Level.WARNING);
  }

  private static final int QUOTED = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final GitHubServer server;
  private final Clock clock;
  private final OkHttpGitHubConnector connector =
      new OkHttpGitHubConnector(new OkHttpClient.Builder().callTimeout(TIMEOUT).build());

  /** Asks that server; connects at the first call. */
  public GitHubCalls(GitHubServer server, Clock clock) {
    this.server = server;
    this.clock = clock;
  }

  /** Something that asks GitHub. */
  @FunctionalInterface
  public interface Call<T> {
    T make() throws IOException;
  }

  /** The client with this login, or with none. Connects at its first call. */
  public GitHub as(Optional<Token> token) {
    return as(
        token
            .<AuthorizationProvider>map(given -> () -> "Bearer " + given.value())
            .orElse(AuthorizationProvider.ANONYMOUS));
  }

  GitHub as(AuthorizationProvider login) {
    try {
      return new GitHubBuilder()
          .withEndpoint(server.api().toString())
          .withConnector(connector)
          .withAuthorizationProvider(login)
          .withRateLimitHandler(
              new GitHubRateLimitHandler() {
                @Override
                public void onError(GitHubConnectorResponse response) throws IOException {
                  throw new LimitException(retryAt(response));
                }
              })
          .withAbuseLimitHandler(
              new GitHubAbuseLimitHandler() {
                @Override
                public void onError(GitHubConnectorResponse response) throws IOException {
                  throw new LimitException(retryAt(response));
                }
              })
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Makes a call and says in one way what went wrong. Blocks.
   *
   * @param what is asked for, to begin the message with
   * @throws ForgeException when GitHub refuses, limits or does not answer
   */
  public <T> T ask(String what, Call<T> call) {
    try {
      return call.make();
    } catch (IOException e) {
      throw failure(what, e);
    } catch (RuntimeException e) {
      // Iterators of pages have no other way to say it.
      if (e.getCause() instanceof IOException cause) {
        throw failure(what, cause);
      }
      throw e;
    }
  }

  private ForgeException failure(String what, IOException e) {
    LimitException limit = find(e, LimitException.class);
    if (limit != null) {
      return limited(what, limit.retryAt, e);
    }
    if (find(e, GHFileNotFoundException.class) != null) {
      return new ForgeException(
          ForgeException.Kind.NOT_FOUND,
          what + ": " + server.host() + " has no such thing, or this login can't see it",
          null,
          e);
    }
    HttpException http = find(e, HttpException.class);
    return http == null || http.getResponseCode() <= 0 ? silent(what, e) : refused(what, http);
  }

  private ForgeException refused(String what, HttpException e) {
    int status = e.getResponseCode();
    String said = said(e);
    if (status == 429 || (status == 403 && said.contains("rate limit"))) {
      return limited(what, clock.instant().plus(UNTOLD_LIMIT), e);
    }
    ForgeException.Kind kind =
        switch (status) {
          case 401 -> ForgeException.Kind.LOGIN_REFUSED;
          case 403, 451 -> ForgeException.Kind.FORBIDDEN;
          case 404, 410 -> ForgeException.Kind.NOT_FOUND;
          default -> status >= 500 ? ForgeException.Kind.UNREACHABLE : ForgeException.Kind.REJECTED;
        };
    String message = "%s: %s answers with HTTP %d: %s".formatted(what, server.host(), status, said);
    return new ForgeException(kind, message, null, e);
  }

  private ForgeException silent(String what, IOException e) {
    return new ForgeException(
        ForgeException.Kind.UNREACHABLE,
        "%s: %s can't be reached (%s)"
            .formatted(what, server.api().getHost(), root(e).getClass().getSimpleName()),
        null,
        e);
  }

  private ForgeException limited(String what, Instant retryAt, IOException e) {
    return new ForgeException(
        ForgeException.Kind.RATE_LIMITED,
        what + ": " + server.host() + " limits the rate of requests until " + retryAt,
        retryAt,
        e);
  }

  /** The field {@code message} of GitHub's errors: from outside, so in one line and bounded. */
  private static String said(HttpException e) {
    String body = String.valueOf(e.getMessage());
    String message = body;
    try {
      message = JSON.readTree(body).path("message").asText(body);
    } catch (JsonProcessingException notJson) {
      // A proxy's page, or no body at all: quoted as it is.
      message = body;
    }
    return Excerpt.of(message.replaceAll("\\p{C}+", " ").strip(), QUOTED);
  }

  private Instant retryAt(GitHubConnectorResponse response) {
    Instant now = clock.instant();
    String after = response.header("Retry-After");
    String reset = response.header("X-RateLimit-Reset");
    try {
      if (after != null) {
        return now.plusSeconds(Long.parseLong(after.strip()));
      }
      if (reset != null && "0".equals(response.header("X-RateLimit-Remaining"))) {
        return Instant.ofEpochSecond(Long.parseLong(reset.strip()));
      }
    } catch (NumberFormatException | DateTimeException e) {
      return now.plus(UNTOLD_LIMIT);
    }
    return now.plus(UNTOLD_LIMIT);
  }

  private static <T extends Throwable> @Nullable T find(Throwable thrown, Class<T> type) {
    return Stream.iterate(thrown, step -> step != null, Throwable::getCause)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElse(null);
  }

  private static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** How the library's handlers tell of a limit. */
  private static final class LimitException extends IOException {
    private final Instant retryAt;

    private LimitException(Instant retryAt) {
      super("limited until " + retryAt);
      this.retryAt = retryAt;
    }
  }
}
