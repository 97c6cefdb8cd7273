package dev.repofleet.worker.forge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Reads a forge's lists, page after page by the header {@code Link}. Thread-safe; blocks.
 *
 * <p>Pages are numbered, so what is deleted or added while they are read moves others from a page
 * that is yet to come to one that was read. So a list of several pages is read until it was the
 * same twice.
 */
final class ForgePages {
  /** A list that changes within each reading of it is given up on, and what was seen is taken. */
  private static final int MOST_READINGS = 5;

  /** Some 50 times what a page of a hundred repositories takes. */
  private static final long MAX_BODY = 32L << 20;

  private static final int QUOTED_BODY = 4096;
  private static final Pattern NEXT = Pattern.compile("<([^<>]+)>\\s*;[^,<]*rel=\"?next\\b");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final OkHttpClient http;
  private final Clock clock;

  ForgePages(OkHttpClient http, Clock clock) {
    this.http = http;
    this.clock = clock;
  }

  /**
   * A list to read.
   *
   * @param what it is, to begin messages with
   * @param first its first page
   * @param rows where they stand in a page's body
   * @param row what a repository is made of
   */
  record Wanted(
      String what,
      HttpUrl first,
      Optional<Token> token,
      Function<JsonNode, JsonNode> rows,
      Function<JsonNode, ForgeRepository> row) {}

  /** All of a list's repositories that were there from the beginning to the end, each once. */
  ForgeListing readStable(Wanted wanted) {
    Map<Long, ForgeRepository> ever = new LinkedHashMap<>();
    Set<Long> before = null;
    List<String> notes = new ArrayList<>();
    for (int reading = 1; reading <= MOST_READINGS; reading++) {
      notes.clear();
      Map<Long, ForgeRepository> seen = new LinkedHashMap<>();
      int pages = read(wanted, seen, page -> notePartial(page, notes));
      if (pages == 1 || seen.keySet().equals(before)) {
        return ForgeListing.sorted(seen.values(), notes);
      }
      ever.putAll(seen);
      before = Set.copyOf(seen.keySet());
    }
    notes.add(wanted.what() + " changed each time it was read: some may be missing, or be gone");
    return ForgeListing.sorted(ever.values(), notes);
  }

  private static void notePartial(Page page, List<String> notes) {
    String sso = page.headers().get("X-GitHub-SSO");
    if (sso != null && sso.startsWith("partial-results") && notes.isEmpty()) {
      notes.add(
          "not all is shown: organisations with single sign-on have not authorised this token");
    }
  }

  /** One page. */
  record Page(JsonNode body, Headers headers) {}

  /**
   * Reads a list once.
   *
   * @param into gets its repositories by id
   * @return how many pages it had
   */
  int read(Wanted wanted, Map<Long, ForgeRepository> into, Consumer<Page> look) {
    Set<HttpUrl> pages = new HashSet<>();
    HttpUrl next = wanted.first();
    while (next != null && pages.add(next)) {
      Page page = get(wanted.what(), next, wanted.token());
      look.accept(page);
      JsonNode rows = wanted.rows().apply(page.body());
      if (!rows.isArray()) {
        throw ForgeFailures.nonsense(wanted.what(), next.host(), null);
      }
      for (JsonNode row : rows) {
        ForgeRepository repository = wanted.row().apply(row);
        into.put(repository.id(), repository);
      }
      next = next(wanted, page.headers());
    }
    return pages.size();
  }

  /** The token goes with each request, so the next page must be where the first was. */
  private static @Nullable HttpUrl next(Wanted wanted, Headers headers) {
    for (String link : headers.values("Link")) {
      Matcher matcher = NEXT.matcher(link);
      if (matcher.find()) {
        HttpUrl next = wanted.first().resolve(matcher.group(1));
        if (next == null
            || !next.host().equals(wanted.first().host())
            || next.port() != wanted.first().port()
            || !next.scheme().equals(wanted.first().scheme())) {
          throw ForgeFailures.nonsense(wanted.what(), wanted.first().host(), null);
        }
        return next;
      }
    }
    return null;
  }

  /**
   * Asks for one thing.
   *
   * @throws ForgeException when the forge refuses, limits or does not answer
   */
  Page get(String what, HttpUrl url, Optional<Token> token) {
    return ask(what, new Request.Builder().url(url), token);
  }

  /** As {@link #get}, with a request of any kind. */
  Page ask(String what, Request.Builder asked, Optional<Token> token) {
    asked.header("Accept", "application/json");
    token.ifPresent(given -> asked.header("Authorization", "Bearer " + given.value()));
    Request request = asked.build();
    HttpUrl url = request.url();
    try (Response response = http.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        String said = ForgeFailures.said(response.peekBody(QUOTED_BODY).string());
        if (response.header("X-GitHub-SSO") != null) {
          said += " (authorise the token for the organisation's single sign-on)";
        }
        throw ForgeFailures.refused(
            what,
            url.host(),
            limit(response),
            said,
            ForgeFailures.retryAt(response::header, clock.instant()),
            null);
      }
      if (response.body().source().request(MAX_BODY)) {
        throw ForgeFailures.nonsense(what, url.host(), null);
      }
      return new Page(JSON.readTree(response.body().bytes()), response.headers());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw ForgeFailures.nonsense(what, url.host(), e);
    } catch (IOException e) {
      throw ForgeFailures.silent(what, url.host(), e);
    }
  }

  /** GitHub tells of its limits by 403 too. */
  private static int limit(Response response) {
    boolean limited =
        response.code() == 403
            && (response.header("Retry-After") != null
                || "0".equals(response.header("X-RateLimit-Remaining")));
    return limited ? 429 : response.code();
  }
}
