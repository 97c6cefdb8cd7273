package dev.repofleet.worker.forge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
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

  private static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(2);

  /** The library tells of each retry there, past our own log; kept, or its level would be lost. */
  private static final Logger LIBRARY = Logger.getLogger("org.kohsuke.github.GitHubClient");

  static {
    LIBRARY.setLevel(Level.WARNING);
  }

  private final GitHubServer server;
  private final Clock clock;
  private final OkHttpClient http = new OkHttpClient.Builder().callTimeout(TIMEOUT).build();

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
          .withConnector(new OkHttpGitHubConnector(http))
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

  /** Reads its lists, in which the library would ask once more for each repository's topics. */
  ForgePages pages() {
    return new ForgePages(http, clock);
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

  /**
   * Sends a request that the library has no call for, and goes nowhere else with it. Blocks.
   *
   * @param what is asked for, to begin messages with
   * @return the answer's JSON
   * @throws ForgeException when GitHub refuses, limits or does not answer
   */
  public JsonNode send(String what, Request.Builder request, Optional<Token> login) {
    OkHttpClient direct =
        http.newBuilder().callTimeout(UPLOAD_TIMEOUT).followRedirects(false).build();
    return new ForgePages(direct, clock).ask(what, request, login).body();
  }

  private ForgeException failure(String what, IOException e) {
    LimitException limit = find(e, LimitException.class);
    if (limit != null) {
      return ForgeFailures.limited(what, server.host(), limit.retryAt, e);
    }
    if (find(e, GHFileNotFoundException.class) != null) {
      return new ForgeException(
          ForgeException.Kind.NOT_FOUND,
          what + ": " + server.host() + " has no such thing, or this login can't see it",
          null,
          e);
    }
    HttpException http = find(e, HttpException.class);
    if (http != null && http.getResponseCode() >= 300) {
      return ForgeFailures.refused(
          what,
          server.host(),
          http.getResponseCode(),
          ForgeFailures.said(String.valueOf(http.getMessage())),
          ForgeFailures.retryAt(name -> null, clock.instant()),
          e);
    }
    // Also with a status of success, where the answer's body was cut off or is no JSON.
    return find(e, JsonProcessingException.class) == null || find(e, JsonEOFException.class) != null
        ? ForgeFailures.silent(what, server.api().getHost(), e)
        : ForgeFailures.nonsense(what, server.api().getHost(), e);
  }

  private Instant retryAt(GitHubConnectorResponse response) {
    return ForgeFailures.retryAt(response::header, clock.instant());
  }

  private static <T extends Throwable> @Nullable T find(Throwable thrown, Class<T> type) {
    return Stream.iterate(thrown, step -> step != null, Throwable::getCause)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElse(null);
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
