package dev.repofleet.forge.fake;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import mockwebserver3.MockResponse;
import org.jspecify.annotations.Nullable;

/**
 * What is written to the repositories of a {@link FakeGitHub}: pull requests with their labels and
 * checks, and uploads to code scanning. Answers are GitHub's. Thread-safe.
 */
public final class FakePulls {
  private static final String DEFAULT_BRANCH = "main";

  private final List<Pull> pulls = new ArrayList<>();
  private final List<Upload> uploads = new ArrayList<>();
  private final Map<String, List<Map<String, Object>>> checks = new HashMap<>();
  private final AtomicInteger lostAnswers = new AtomicInteger();
  private BiFunction<String, String, @Nullable String> heads =
      (repository, branch) -> "0".repeat(40);
  private BiFunction<String, String, String> trees = (repository, commit) -> "0".repeat(40);
  private List<String> processingErrors = List.of();
  private @Nullable String uploadsRefused;

  FakePulls() {}

  /** A pull request as it is. */
  public record Pull(
      String repository,
      int number,
      String title,
      String body,
      String head,
      String headSha,
      String base,
      boolean draft,
      List<String> labels,
      String state,
      boolean merged) {
    private Pull as(String newState, boolean isMerged) {
      return new Pull(
          repository, number, title, body, head, headSha, base, draft, labels, newState, isMerged);
    }

    private Pull labelled(List<String> all) {
      return new Pull(
          repository, number, title, body, head, headSha, base, draft, all, state, merged);
    }
  }

  /** An upload to code scanning. */
  public record Upload(String repository, String id, String commit, String ref, String sarif) {}

  /** The repositories are at this host, and are asked for their branches and trees. */
  public synchronized void at(GitHost host) {
    heads = (repository, branch) -> host.head(repository, branch).orElse(null);
    trees = (repository, commit) -> host.git(repository, "rev-parse", commit + "^{tree}");
  }

  /** All there ever were. */
  public synchronized List<Pull> all() {
    return List.copyOf(pulls);
  }

  /** All uploads. */
  public synchronized List<Upload> uploads() {
    return List.copyOf(uploads);
  }

  /** A person merges one. */
  public synchronized void merge(String repository, int number) {
    replace(find(repository, number).as("closed", true));
  }

  /** A person closes one. */
  public synchronized void close(String repository, int number) {
    replace(find(repository, number).as("closed", false));
  }

  /** A check of a commit; {@code conclusion} is absent while it runs. */
  public synchronized void check(String sha, String name, @Nullable String conclusion) {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("id", 1 + checks.size());
    run.put("name", name);
    run.put("head_sha", sha);
    run.put("status", conclusion == null ? "in_progress" : "completed");
    run.put("conclusion", conclusion);
    checks.computeIfAbsent(sha, commit -> new ArrayList<>()).add(run);
  }

  /** So many writes are done, and answered with a 502. */
  public void loseAnswers(int count) {
    lostAnswers.set(count);
  }

  /** Every upload is taken, and fails then with these words; without any it does not. */
  public synchronized void failUploads(String... errors) {
    processingErrors = List.of(errors);
  }

  /** Every upload is refused with these words. */
  public synchronized void refuseUploads(@Nullable String words) {
    uploadsRefused = words;
  }

  /**
   * Answers what is asked below {@code /repos/owner/name/}; nothing when that is not of these.
   *
   * @param permissions of the login by GitHub's names; empty: all
   */
  synchronized Optional<MockResponse> answer(
      String repository,
      String method,
      String path,
      Map<String, String> query,
      JsonNode body,
      Map<String, String> permissions) {
    String[] parts = path.split("/", -1);
    boolean post = method.equals("POST");
    if (path.matches("branches/.+")) {
      return Optional.of(branch(repository, path.substring("branches/".length())));
    }
    if (path.equals("pulls")) {
      require(permissions, "pull_requests", post ? "write" : "read");
      return Optional.of(post ? lose(open(repository, body)) : list(repository, query));
    }
    if (path.matches("pulls/\\d+")) {
      require(permissions, "pull_requests", "read");
      return Optional.of(
          Answers.json(200, described(find(repository, Integer.parseInt(parts[1])))));
    }
    if (path.matches("issues/\\d+/labels") && post) {
      require(permissions, "pull_requests", "write");
      return Optional.of(label(find(repository, Integer.parseInt(parts[1])), body));
    }
    if (path.matches("commits/[0-9a-f]+/check-runs")) {
      require(permissions, "checks", "read");
      List<Map<String, Object>> runs = checks.getOrDefault(parts[1], List.of());
      return Optional.of(Answers.json(200, Map.of("total_count", runs.size(), "check_runs", runs)));
    }
    if (path.matches("commits/[0-9a-f]{40}")) {
      require(permissions, "contents", "read");
      String tree = trees.apply(repository, parts[1]);
      return Optional.of(
          Answers.json(
              200, Map.of("sha", parts[1], "commit", Map.of("tree", Map.of("sha", tree)))));
    }
    if (path.equals("code-scanning/sarifs") && post) {
      require(permissions, "security_events", "write");
      return Optional.of(upload(repository, body));
    }
    if (path.matches("code-scanning/sarifs/.+")) {
      return Optional.of(
          Answers.json(
              200,
              processingErrors.isEmpty()
                  ? Map.of("processing_status", "complete")
                  : Map.of("processing_status", "failed", "errors", processingErrors)));
    }
    return Optional.empty();
  }

  private static void require(Map<String, String> permissions, String name, String least) {
    String given = permissions.get(name);
    boolean enough = "write".equals(given) || ("read".equals(given) && least.equals("read"));
    if (!permissions.isEmpty() && !enough) {
      throw Answers.refusal(403, "Resource not accessible by integration");
    }
  }

  private MockResponse lose(MockResponse done) {
    return lostAnswers.getAndUpdate(left -> Math.max(0, left - 1)) > 0
        ? Answers.json(502, Map.of("message", "Server Error"))
        : done;
  }

  private MockResponse branch(String repository, String name) {
    String sha = name.equals(DEFAULT_BRANCH) ? "0".repeat(40) : heads.apply(repository, name);
    if (sha == null) {
      throw Answers.refusal(404, "Branch not found");
    }
    return Answers.json(
        200, Map.of("name", name, "protected", false, "commit", Map.of("sha", sha, "url", "")));
  }

  private MockResponse open(String repository, JsonNode body) {
    String head = body.path("head").asText();
    String base = body.path("base").asText();
    String sha = heads.apply(repository, head);
    if (sha == null) {
      throw Answers.refusal(422, "Validation Failed: head is invalid");
    }
    for (Pull pull : pulls) {
      if (pull.repository().equals(repository)
          && pull.head().equals(head)
          && pull.state().equals("open")) {
        throw Answers.refusal(
            422, "Validation Failed: A pull request already exists for " + head + ".");
      }
    }
    int number =
        1 + (int) pulls.stream().filter(pull -> pull.repository().equals(repository)).count();
    Pull opened =
        new Pull(
            repository,
            number,
            body.path("title").asText(),
            body.path("body").asText(),
            head,
            sha,
            base,
            body.path("draft").asBoolean(),
            List.of(),
            "open",
            false);
    pulls.add(opened);
    return Answers.json(201, described(opened));
  }

  private MockResponse list(String repository, Map<String, String> query) {
    String head = query.getOrDefault("head", "").replaceFirst("^[^:]*:", "");
    return Answers.json(
        200,
        pulls.stream()
            .filter(pull -> pull.repository().equals(repository))
            .filter(pull -> head.isEmpty() || pull.head().equals(head))
            .filter(
                pull ->
                    "all".equals(query.get("state"))
                        || pull.state().equals(query.getOrDefault("state", "open")))
            .map(FakePulls::described)
            .toList());
  }

  private MockResponse label(Pull pull, JsonNode body) {
    TreeSet<String> labels = new TreeSet<>(pull.labels());
    (body.isArray() ? body : body.path("labels")).forEach(label -> labels.add(label.asText()));
    Pull labelled = pull.labelled(List.copyOf(labels));
    replace(labelled);
    return Answers.json(200, labelled.labels().stream().map(FakePulls::label).toList());
  }

  private static Map<String, Object> label(String name) {
    return Map.of("id", 1, "name", name, "color", "ededed");
  }

  private MockResponse upload(String repository, JsonNode body) {
    if (uploadsRefused != null) {
      throw Answers.refusal(403, uploadsRefused);
    }
    Upload upload =
        new Upload(
            repository,
            "sarif-" + (uploads.size() + 1),
            body.path("commit_sha").asText(),
            body.path("ref").asText(),
            body.path("sarif").asText());
    uploads.add(upload);
    return Answers.json(202, Map.of("id", upload.id(), "url", ""));
  }

  private Pull find(String repository, int number) {
    return pulls.stream()
        .filter(pull -> pull.repository().equals(repository) && pull.number() == number)
        .findFirst()
        .orElseThrow(() -> Answers.refusal(404, "Not Found"));
  }

  private void replace(Pull now) {
    pulls.replaceAll(
        pull ->
            pull.repository().equals(now.repository()) && pull.number() == now.number()
                ? now
                : pull);
  }

  private static Map<String, Object> described(Pull pull) {
    Map<String, Object> json = new LinkedHashMap<>();
    String page = "https://forge.test/" + pull.repository() + "/pull/" + pull.number();
    json.put("id", Objects.hash(pull.repository(), pull.number()) & 0xffff);
    json.put("number", pull.number());
    json.put("state", pull.state());
    json.put("title", pull.title());
    json.put("body", pull.body());
    json.put("draft", pull.draft());
    json.put("html_url", page);
    json.put("url", page);
    json.put("merged_at", pull.merged() ? "2026-11-27T12:00:00Z" : null);
    json.put("labels", pull.labels().stream().map(FakePulls::label).toList());
    json.put("head", Map.of("ref", pull.head(), "sha", pull.headSha(), "label", pull.head()));
    json.put("base", Map.of("ref", pull.base(), "sha", "0".repeat(40), "label", pull.base()));
    return json;
  }
}
