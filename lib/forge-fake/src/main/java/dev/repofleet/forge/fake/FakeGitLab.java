package dev.repofleet.forge.fake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.jspecify.annotations.Nullable;

/**
 * GitLab's REST API as far as the fleet lists by it: groups with groups in them, numbered pages by
 * {@code Link}, tokens, limits. Thread-safe.
 */
public final class FakeGitLab implements AutoCloseable {
  private final MockWebServer server = new MockWebServer();
  private final Map<Long, FakeRepository> projects = new TreeMap<>();
  private final Map<String, Set<String>> tokens = new HashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private @Nullable Supplier<MockResponse> fault;
  private Runnable beforePage = () -> {};

  /** Serves on a free port of loopback. */
  public FakeGitLab() {
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

  /** For {@code GITLAB_HOST}. */
  public String address() {
    return "http://" + server.getHostName() + ":" + server.getPort();
  }

  /** Adds it, or puts it in the place of the one with this id; its owner is a group's path. */
  public synchronized FakeGitLab project(FakeRepository project) {
    projects.put(project.id(), project);
    return this;
  }

  public synchronized FakeGitLab without(long id) {
    projects.remove(id);
    return this;
  }

  /** A token; it sees the private projects of these groups. */
  public synchronized FakeGitLab token(String value, String... groups) {
    tokens.put(value, Set.of(groups));
    return this;
  }

  /** Answers so in place of the state; {@code null} heals it. */
  public synchronized void fail(@Nullable Supplier<MockResponse> answer) {
    fault = answer;
  }

  /** Runs before each page of a list but its first, with the state unlocked. */
  public synchronized void beforePage(Runnable change) {
    beforePage = change;
  }

  /** {@code METHOD /path?query} of each request so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private MockResponse answer(RecordedRequest request) {
    requests.add(
        request.getMethod()
            + " "
            + request.getUrl().encodedPath()
            + "?"
            + request.getUrl().encodedQuery());
    if (number(request, "page", 1) > 1) {
      Runnable change;
      synchronized (this) {
        change = beforePage;
      }
      change.run();
    }
    synchronized (this) {
      return fault == null ? page(request) : fault.get();
    }
  }

  private MockResponse page(RecordedRequest request) {
    List<String> path = request.getUrl().pathSegments();
    String header = request.getHeaders().get("Authorization");
    Set<String> sees = header == null ? Set.of() : tokens.get(header.replaceFirst("^Bearer ", ""));
    if (sees == null) {
      return Answers.json(401, Map.of("message", "401 Unauthorized"));
    }
    if (path.equals(List.of("api", "v4", "user")) && header != null) {
      return Answers.json(200, Map.of("username", "fleet"));
    }
    if (path.size() != 5 || !path.get(2).equals("groups") || !path.get(4).equals("projects")) {
      return Answers.json(404, Map.of("error", "404 Not Found"));
    }
    String group = path.get(3);
    List<FakeRepository> all =
        projects.values().stream()
            .filter(one -> one.owner().equals(group) || one.owner().startsWith(group + "/"))
            .filter(one -> !one.isPrivate() || sees.contains(one.owner()))
            .sorted(Comparator.comparing(FakeRepository::id))
            .toList();
    if (all.isEmpty()) {
      return Answers.json(404, Map.of("message", "404 Group Not Found"));
    }
    int size = number(request, "per_page", 20);
    int page = number(request, "page", 1);
    int from = Math.min((page - 1) * size, all.size());
    int to = Math.min(from + size, all.size());
    boolean withSizes = "true".equals(request.getUrl().queryParameter("statistics"));
    MockResponse.Builder response =
        Answers.json(
                200, all.subList(from, to).stream().map(one -> described(one, withSizes)).toList())
            .newBuilder();
    if (to < all.size()) {
      String next =
          request
              .getUrl()
              .newBuilder()
              .setQueryParameter("page", Integer.toString(page + 1))
              .build()
              .toString();
      response.setHeader("Link", "<" + next + ">; rel=\"next\"");
    }
    return response.build();
  }

  private static Map<String, Object> described(FakeRepository project, boolean withSizes) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", project.id());
    body.put("path_with_namespace", project.fullName());
    body.put("archived", project.archived());
    body.put("topics", project.topics());
    body.put("last_activity_at", project.pushedAt().toString());
    if (project.fork()) {
      body.put("forked_from_project", Map.of("id", 1));
    }
    if (withSizes) {
      body.put("statistics", Map.of("repository_size", project.sizeKb() * 1024));
    }
    return body;
  }

  private static int number(RecordedRequest request, String name, int usual) {
    String value = request.getUrl().queryParameter(name);
    return value == null ? usual : Integer.parseInt(value);
  }

  @Override
  public void close() {
    server.close();
  }
}
