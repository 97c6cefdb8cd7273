package dev.repofleet.starter.target;

import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.starter.render.PlainText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Commits of repositories on Git hosts, for a look at their folders: names and trees, no file where
 * the host knows Git's filters. Each repository and ref is asked for once. Owns temporary folders;
 * not thread-safe; closed by its maker.
 *
 * <p>It asks as the person who typed the target, with the credentials that Git has on this machine.
 * Nothing of the repository is checked out or run.
 */
final class RemoteCommits implements AutoCloseable {
  private static final String HOSTS = "REPOFLEET_GIT_HOSTS";
  private static final String LOOKED_AT = "refs/repofleet/looked-at";

  private static final Duration QUICK = Duration.ofSeconds(30);

  /** The trees of a repository with a million files, over a slow line. */
  private static final Duration FETCH = Duration.ofMinutes(5);

  /** Also what a host sends that knows no filters, as much as a plan's default lets be cloned. */
  private static final long MAX_BYTES = 2L << 30;

  /** What Git's own settings of this machine must not add to a fetch. */
  private static final List<String> PLAIN =
      List.of(
          "-c",
          "core.hooksPath=/dev/null",
          "-c",
          "core.fsmonitor=false",
          "-c",
          "gc.auto=0",
          "-c",
          "maintenance.auto=false",
          "-c",
          // As a pack, whose size is seen while it comes.
          "fetch.unpackLimit=1",
          "-c",
          "protocol.version=2",
          "-c",
          // As the workers, who would be refused later.
          "http.followRedirects=false",
          "-c",
          "transfer.bundleURI=false");

  private static final Pattern COMMIT = Pattern.compile("[0-9a-fA-F]{40}|[0-9a-fA-F]{64}");
  private static final Pattern NO_REF = Pattern.compile("couldn't find remote ref|not our ref");
  private static final Pattern NO_FILTER = Pattern.compile("(?i)filter");
  private static final Pattern LOGIN =
      Pattern.compile(
          "(?i)could not read (username|password)|authentication failed|permission denied"
              + "|host key verification failed|HTTP 40[13]|returned error: 40[13]");
  private static final Pattern NO_REPOSITORY =
      Pattern.compile("(?i)not found|does not exist|does not appear to be a git repository");

  private final Map<String, String> environment;
  private final GitCommand git;
  private final Map<String, LocalCommit> found = new HashMap<>();
  private final Map<String, String> failed = new HashMap<>();

  /** Asks by the Git, and with the credentials, of this environment. */
  RemoteCommits(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
    this.git = GitCommand.asking(environment);
  }

  /**
   * The commit of a target's ref, in a repository that goes with this object; blocks while the host
   * is asked.
   *
   * @throws TargetException that names the target, the cause and the way out
   */
  LocalCommit find(TargetSpec spec, CanonicalTarget canonical) {
    String ref = spec.ref() == null ? "" : "@" + spec.ref();
    LocalCommit known = found.get(canonical.canonical() + ref);
    if (known != null) {
      return known;
    }
    String why = failed.get(spec.url() + ref);
    if (why == null) {
      try {
        LocalCommit commit = fetch(spec);
        found.put(canonical.canonical() + ref, commit);
        return commit;
      } catch (RefusedException e) {
        why = String.valueOf(e.getMessage());
        failed.put(spec.url() + ref, why);
      }
    }
    throw new TargetException("the folders of '" + spec.target() + "' can't be looked up: " + why);
  }

  private LocalCommit fetch(TargetSpec spec) throws RefusedException {
    Path bare = git.folder().resolve("remote-" + (found.size() + failed.size()));
    try {
      must(spec, git.run(QUICK, null, List.of("init", "-q", "--bare", "--template=", text(bare))));
      must(spec, git.run(QUICK, null, in(bare, "config", "remote.origin.url", spec.url())));
      fetch(spec, bare);
      GitCommand.Result commit =
          git.run(QUICK, null, in(bare, "rev-parse", "--verify", LOOKED_AT + "^{commit}"));
      must(spec, commit);
      return new LocalCommit(bare, commit.line(), false);
    } catch (RefusedException e) {
      Folders.delete(bare);
      throw e;
    }
  }

  /** A branch before a tag of the same name, as the workers resolve it. */
  private void fetch(TargetSpec spec, Path bare) throws RefusedException {
    String ref = spec.ref();
    List<String> names =
        ref == null
            ? List.of("HEAD")
            : COMMIT.matcher(ref).matches()
                ? List.of(ref.toLowerCase(Locale.ROOT))
                : ref.startsWith("refs/")
                    ? List.of(ref)
                    : List.of("refs/heads/" + ref, "refs/tags/" + ref);
    for (String name : names) {
      GitCommand.Result result = fetch(spec, bare, name, true);
      if (!result.succeeded() && NO_FILTER.matcher(result.err()).find()) {
        result = fetch(spec, bare, name, false);
      }
      if (!NO_REF.matcher(result.err()).find()) {
        must(spec, result);
        return;
      }
    }
    throw new RefusedException(
        ref == null
            ? "its default branch has no commit; name another one with @BRANCH"
            : "there is no branch, tag or commit '" + ref + "'; check what stands after the @");
  }

  private GitCommand.Result fetch(TargetSpec spec, Path bare, String name, boolean filter) {
    List<String> arguments = new ArrayList<>(List.of("-C", text(bare)));
    arguments.addAll(PLAIN);
    arguments.addAll(List.of("fetch", "-q", "--depth=1", "--no-tags", "--no-write-fetch-head"));
    arguments.add("--no-recurse-submodules");
    if (filter) {
      arguments.add("--filter=blob:none");
    }
    arguments.addAll(List.of("origin", "+" + name + ":" + LOOKED_AT));
    return git.ask(FETCH, protocols(spec.url()), () -> size(bare) > MAX_BYTES, arguments);
  }

  /** Plain http only where the workers would use it as well. */
  private String protocols(String url) {
    if (!url.startsWith("http://")) {
      return "https:ssh";
    }
    String host = plainHost(url);
    boolean listed =
        Stream.of(environment.getOrDefault(HOSTS, "").split(",", -1))
            .anyMatch(entry -> entry.strip().equalsIgnoreCase(host));
    return listed ? "https:ssh:http" : "https:ssh";
  }

  /** As {@code REPOFLEET_GIT_HOSTS} lists it. */
  private static String plainHost(String url) {
    URI uri = URI.create(url);
    return uri.getHost() + ":" + (uri.getPort() < 0 ? 80 : uri.getPort());
  }

  private static long size(Path bare) {
    try (Stream<Path> files = Files.walk(bare)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException | UncheckedIOException e) {
      // Something is just being moved; the next look sees it.
      return 0;
    }
  }

  private void must(TargetSpec spec, GitCommand.Result result) throws RefusedException {
    if (result.succeeded()) {
      return;
    }
    String err = result.err();
    String way = "; or write the folders one by one";
    if (result.exit() < 0) {
      throw new RefusedException(err + way);
    }
    if (spec.url().startsWith("http://") && err.contains("transport 'http' not allowed")) {
      throw new RefusedException(
          "plain http is not used; write https, or list " + plainHost(spec.url()) + " in " + HOSTS);
    }
    if (LOGIN.matcher(err).find()) {
      throw new RefusedException(
          "the host asks for a login that Git does not have on this machine ("
              + complaint(result)
              + "): `git ls-remote "
              + PlainText.of(spec.url(), 200)
              + "` must work without a question"
              + way);
    }
    throw new RefusedException(
        NO_REPOSITORY.matcher(err).find()
            ? "there is no such repository, or it is private (" + complaint(result) + ")" + way
            : complaint(result) + way);
  }

  /** What ssh or the host says tells more than what Git makes of it. */
  private static String complaint(GitCommand.Result result) {
    return result
        .err()
        .lines()
        .filter(line -> line.startsWith("ssh: ") || line.startsWith("ERROR: "))
        .findFirst()
        .map(line -> PlainText.of(line, 200))
        .orElseGet(result::complaint);
  }

  private static List<String> in(Path bare, String... arguments) {
    return Stream.concat(Stream.of("-C", text(bare)), Stream.of(arguments)).toList();
  }

  private static String text(Path path) {
    return path.toString();
  }

  @Override
  public void close() {
    git.close();
  }

  /** Why a host gives no commit, in a sentence. */
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String why) {
      super(why);
    }
  }
}
