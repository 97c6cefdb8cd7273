package dev.repofleet.forge.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.forge.fake.FakeLogins.Installation;
import dev.repofleet.forge.fake.FakeLogins.Login;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.jspecify.annotations.Nullable;

/**
 * GitHub's REST API as far as the fleet uses it: accounts with repositories, teams, an App with
 * installations, tokens that die by {@link #advance}, pages by {@code Link}, limits, renamed
 * repositories. Answers, statuses and sentences are GitHub's (docs.github.com, REST 2022-11-28).
 * Thread-safe.
 */
public final class FakeGitHub implements AutoCloseable {
  /** The App's id. */
  public static final String APP_ID = "4711";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final MockWebServer server = new MockWebServer();
  private final Map<String, Account> accounts = new TreeMap<>();
  private final Map<Long, FakeRepository> repositories = new TreeMap<>();
  private final Map<String, Long> names = new HashMap<>();
  private final Map<String, Set<Long>> teams = new HashMap<>();
  private final FakeLogins logins = new FakeLogins(this::now, this::reached);
  private final FakePulls pulls = new FakePulls();
  private final RepositoryPages pages = new RepositoryPages(this::described);
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private @Nullable Function<String, @Nullable MockResponse> fault;
  private Runnable beforePage = () -> {};
  private Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  private record Account(String login, boolean organisation) {}

  /** Serves on a free port of loopback. */
  public FakeGitHub() {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer(request);
          }
        });
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For {@code GITHUB_API_URL}. */
  public String apiUrl() {
    return server.url("/api/v3").toString();
  }

  /** The App's key as PKCS#8; {@link #appKeyAsHandedOut} is what GitHub gives. */
  public String appKey() {
    return AppKey.pkcs8();
  }

  /** The App's key as PKCS#1. */
  public String appKeyAsHandedOut() {
    return AppKey.pkcs1();
  }

  public synchronized FakeGitHub organisation(String login) {
    accounts.put(login.toLowerCase(Locale.ROOT), new Account(login, true));
    return this;
  }

  public synchronized FakeGitHub user(String login) {
    accounts.put(login.toLowerCase(Locale.ROOT), new Account(login, false));
    return this;
  }

  /** Adds it, or puts it in the place of the one with this id; a former name leads on to it. */
  public synchronized FakeGitHub repository(FakeRepository repository) {
    repositories.put(repository.id(), repository);
    names.put(repository.fullName().toLowerCase(Locale.ROOT), repository.id());
    return this;
  }

  public synchronized FakeGitHub without(long id) {
    repositories.remove(id);
    return this;
  }

  public synchronized FakeGitHub team(String organisation, String slug, Long... repositoryIds) {
    teams.put((organisation + "/" + slug).toLowerCase(Locale.ROOT), Set.of(repositoryIds));
    return this;
  }

  /** A personal token; it sees the private repositories of these owners. */
  public synchronized FakeGitHub token(String value, String user, String... owners) {
    logins.personal(value, user, Set.of(owners));
    return this;
  }

  /** Nobody gets in by this token any more. */
  public synchronized void revoke(String token) {
    logins.revoke(token);
  }

  /**
   * Installs the App, or changes its installation.
   *
   * @param repositoryIds that the App is given; all of the owner's when there are none
   * @param permissions as {@code contents=write}
   */
  public synchronized FakeGitHub install(
      long id, String owner, Set<Long> repositoryIds, String... permissions) {
    logins.install(id, owner, repositoryIds, permissions);
    return this;
  }

  public synchronized void suspend(long installation) {
    logins.suspend(installation);
  }

  /** Lets time pass: tokens die. */
  public synchronized void advance(Duration time) {
    now = now.plus(time);
  }

  /** The time of this machine as it started, and what has passed by {@link #advance} since. */
  public synchronized Instant now() {
    return now;
  }

  /** Each later request is limited by its count, as {@code X-RateLimit-*} tells it. */
  public void exhaust(Duration untilReset) {
    fail(
        path ->
            Answers.json(403, Map.of("message", "API rate limit exceeded for user ID 1."))
                .newBuilder()
                .setHeader("X-RateLimit-Limit", "5000")
                .setHeader("X-RateLimit-Remaining", "0")
                .setHeader("X-RateLimit-Reset", now().plus(untilReset).getEpochSecond())
                .build());
  }

  /** Each later request is limited for its speed, with {@code Retry-After}. */
  public void slowDown(int retryAfterSeconds) {
    fail(
        path ->
            Answers.json(403, Map.of("message", "You have exceeded a secondary rate limit."))
                .newBuilder()
                .setHeader("Retry-After", retryAfterSeconds)
                .build());
  }

  /** Answers in place of the state: by path, {@code null} to let one through. */
  public synchronized void fail(Function<String, @Nullable MockResponse> answer) {
    fault = answer;
  }

  /** All is well again. */
  public synchronized void heal() {
    fault = null;
  }

  /** Runs before each page of a list but its first, with the state unlocked. */
  public synchronized void beforePage(Runnable change) {
    beforePage = change;
  }

  /** What searches say they found, when that is more than there is. */
  public synchronized void searchTotal(int total) {
    pages.searchTotal(total);
  }

  /** What was written to the repositories. */
  public FakePulls pulls() {
    return pulls;
  }

  /** {@code METHOD /path?query} of each request so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private MockResponse answer(RecordedRequest request) {
    String path = String.valueOf(request.getUrl().encodedPath());
    String query = request.getUrl().encodedQuery();
    requests.add(request.getMethod() + " " + path + (query == null ? "" : "?" + query));
    if (!path.startsWith("/api/v3")) {
      return Answers.json(404, Map.of("message", "Not Found"));
    }
    if (RepositoryPages.page(request) > 1) {
      Runnable change;
      synchronized (this) {
        change = beforePage;
      }
      change.run();
    }
    synchronized (this) {
      MockResponse faulty = fault == null ? null : fault.apply(path);
      if (faulty != null) {
        return faulty;
      }
      try {
        return route(request, path.substring("/api/v3".length()));
      } catch (Answers.Refusal e) {
        return e.response();
      }
    }
  }

  private MockResponse route(RecordedRequest request, String path) {
    String[] parts = path.substring(1).split("/", -1);
    if (path.equals("/app") || path.matches("/(orgs|users)/[^/]+/installation")) {
      logins.requireApp(authorization(request));
      return path.equals("/app")
          ? Answers.json(200, app())
          : installation(parts[1], parts[0].equals("orgs"));
    }
    if (path.equals("/app/installations")) {
      logins.requireApp(authorization(request));
      return Answers.json(200, logins.installations().stream().map(this::described).toList());
    }
    if (path.matches("/app/installations/\\d+/access_tokens")) {
      logins.requireApp(authorization(request));
      return Answers.json(201, logins.mint(Long.parseLong(parts[2]), body(request)));
    }
    Login login = logins.of(authorization(request));
    if (path.matches("/repos/[^/]+/[^/]+")) {
      return repository(parts[1] + "/" + parts[2], login);
    }
    if (path.matches("/repos/[^/]+/[^/]+/.+")) {
      FakeRepository found =
          visible(
              Answers.known(names.get((parts[1] + "/" + parts[2]).toLowerCase(Locale.ROOT))),
              login);
      return pulls
          .answer(
              found.fullName(),
              String.valueOf(request.getMethod()),
              Stream.of(parts).skip(3).collect(Collectors.joining("/")),
              query(request),
              body(request),
              login.permissions())
          .orElseThrow(Answers::notFound);
    }
    if (path.matches("/repositories/\\d+")) {
      return Answers.json(200, described(visible(Long.parseLong(parts[1]), login)));
    }
    if (path.equals("/rate_limit")) {
      Map<String, Object> core =
          Map.of("limit", 5_000, "remaining", 4_999, "reset", now.plusSeconds(60).getEpochSecond());
      return Answers.json(200, Map.of("resources", Map.of("core", core), "rate", core));
    }
    if (path.equals("/user")) {
      if (login.user().isEmpty()) {
        throw Answers.refusal(401, "Requires authentication");
      }
      return Answers.json(
          200, account(Answers.known(accounts.get(login.user().toLowerCase(Locale.ROOT)))));
    }
    if (path.matches("/(users|orgs)/[^/]+")) {
      Account account = Answers.known(accounts.get(parts[1].toLowerCase(Locale.ROOT)));
      if (parts[0].equals("orgs") && !account.organisation()) {
        throw Answers.notFound();
      }
      return Answers.json(200, account(account));
    }
    return lists(request, path, parts, login);
  }

  private MockResponse lists(RecordedRequest request, String path, String[] parts, Login login) {
    if (path.matches("/(users|orgs)/[^/]+/repos")) {
      Account account = Answers.known(accounts.get(parts[1].toLowerCase(Locale.ROOT)));
      boolean ofOrganisation = parts[0].equals("orgs");
      if (ofOrganisation && !account.organisation()) {
        throw Answers.notFound();
      }
      return pages.plain(
          request,
          owned(account.login(), login).stream()
              .filter(repository -> ofOrganisation || !repository.isPrivate())
              .toList());
    }
    if (path.equals("/user/repos")) {
      return pages.plain(request, owned(login.user(), login));
    }
    if (path.equals("/installation/repositories")) {
      List<FakeRepository> all =
          repositories.values().stream().filter(one -> login.sees().test(one)).toList();
      return pages.counted(request, all, "repositories", all.size());
    }
    if (path.matches("/orgs/[^/]+/teams/[^/]+/repos")) {
      Set<Long> ids =
          Answers.known(teams.get((parts[1] + "/" + parts[3]).toLowerCase(Locale.ROOT)));
      if (login.user().isEmpty()) {
        throw Answers.notFound();
      }
      return pages.plain(
          request, repositories.values().stream().filter(one -> ids.contains(one.id())).toList());
    }
    if (path.equals("/search/repositories")) {
      return pages.found(
          request,
          repositories.values().stream()
              .filter(one -> !one.isPrivate() || login.sees().test(one))
              .toList());
    }
    throw Answers.notFound();
  }

  private List<FakeRepository> owned(String owner, Login login) {
    return repositories.values().stream()
        .filter(repository -> repository.owner().equalsIgnoreCase(owner))
        .filter(repository -> !repository.isPrivate() || login.sees().test(repository))
        .toList();
  }

  private MockResponse installation(String owner, boolean organisation) {
    Account account = Answers.known(accounts.get(owner.toLowerCase(Locale.ROOT)));
    Installation found =
        logins.installations().stream()
            .filter(one -> one.owner().equalsIgnoreCase(owner))
            .findFirst()
            .orElse(null);
    if (account.organisation() != organisation) {
      throw Answers.notFound();
    }
    return Answers.json(200, described(Answers.known(found)));
  }

  private static Map<String, Object> app() {
    return Map.of(
        "id",
        1,
        "slug",
        "fleet",
        "name",
        "Fleet",
        "permissions",
        Map.of("contents", "write", "metadata", "read"));
  }

  private Map<String, Object> described(Installation installation) {
    Account account = Answers.known(accounts.get(installation.owner().toLowerCase(Locale.ROOT)));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", installation.id());
    body.put("account", account(account));
    body.put("app_id", 4711);
    body.put("target_type", account.organisation() ? "Organization" : "User");
    body.put("repository_selection", installation.repositories() == null ? "all" : "selected");
    body.put(
        "access_tokens_url",
        apiUrl() + "/app/installations/" + installation.id() + "/access_tokens");
    body.put("permissions", installation.permissions());
    body.put("suspended_at", installation.suspended() ? now.toString() : null);
    return body;
  }

  /** What a minted or personal token may do, by GitHub's names; for tests to look at. */
  public synchronized Map<String, String> permissionsOf(String token) {
    return logins.known(token).permissions();
  }

  /** Whether a token was given out here and has not died. */
  public synchronized boolean isGood(String token) {
    return logins.isGood(token);
  }

  /** The id of an owner's repository; absent when there is none of this name. */
  private @Nullable Long reached(String fullName) {
    Long id = names.get(fullName.toLowerCase(Locale.ROOT));
    return id != null && repositories.containsKey(id) ? id : null;
  }

  private static String authorization(RecordedRequest request) {
    return Objects.requireNonNullElse(request.getHeaders().get("Authorization"), "");
  }

  private MockResponse repository(String fullName, Login login) {
    FakeRepository found =
        visible(Answers.known(names.get(fullName.toLowerCase(Locale.ROOT))), login);
    if (!found.fullName().equalsIgnoreCase(fullName)) {
      String location = apiUrl() + "/repositories/" + found.id();
      return Answers.json(301, Map.of("message", "Moved Permanently", "url", location))
          .newBuilder()
          .setHeader("Location", location)
          .build();
    }
    return Answers.json(200, described(found));
  }

  private FakeRepository visible(long id, Login login) {
    FakeRepository found = Answers.known(repositories.get(id));
    if (found.isPrivate() && !login.sees().test(found)) {
      throw Answers.notFound();
    }
    return found;
  }

  private static Map<String, Object> account(Account account) {
    return Map.of(
        "login",
        account.login(),
        "id",
        account.login().hashCode() & 0xffff,
        "type",
        account.organisation() ? "Organization" : "User");
  }

  private Map<String, Object> described(FakeRepository repository) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", repository.id());
    body.put("name", repository.name());
    body.put("full_name", repository.fullName());
    body.put("owner", Map.of("login", repository.owner()));
    body.put("private", repository.isPrivate());
    body.put("archived", repository.archived());
    body.put("disabled", false);
    body.put("fork", repository.fork());
    body.put("language", repository.language());
    body.put("topics", repository.topics());
    body.put("pushed_at", repository.pushedAt().toString());
    body.put("size", repository.sizeKb());
    body.put("default_branch", "main");
    body.put("html_url", server.url("/" + repository.fullName()).toString());
    body.put("clone_url", server.url("/" + repository.fullName() + ".git").toString());
    return body;
  }

  private static Map<String, String> query(RecordedRequest request) {
    Map<String, String> query = new HashMap<>();
    for (String name : request.getUrl().queryParameterNames()) {
      query.put(name, String.valueOf(request.getUrl().queryParameter(name)));
    }
    return query;
  }

  private static JsonNode body(RecordedRequest request) {
    try {
      return JSON.readTree(request.getBody() == null ? "{}" : request.getBody().utf8());
    } catch (IOException e) {
      throw Answers.refusal(400, "Problems parsing JSON");
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
