package dev.repofleet.worker.git;

import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.workflows.Cause;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The submodules of a clone, and theirs: each a clone of its own in the folder that is kept for it,
 * from a host that {@link GitHosts} lets through as it does a target's. Where the repository says
 * they are is its own word: nothing of it reaches a command but a URL that was let through, an
 * object name, and a folder below the repository's. For one activity attempt.
 */
final class Submodules {
  private static final String TOLD = "submodule ";
  private static final int MOST = 100;

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  private final CloneRuns runs;
  private final GitHosts hosts;
  private final String target;
  private final long limit;
  private long held;
  private boolean loginUsed;
  private @Nullable String owner;

  /**
   * One that a clone told of.
   *
   * @param commit that the repository names
   * @param path of its folder, from the target's
   * @param url as the repository gives it, possibly relative to its own; empty if it gives none
   * @param parent the URL of the repository that names it; absent for a bundle
   */
  record Told(String commit, String path, String url, @Nullable String parent) {}

  /**
   * @param target its name, for messages
   * @param limit of all together with the target's own clone, in bytes
   */
  Submodules(CloneRuns runs, GitHosts hosts, String target, long limit) {
    this.runs = runs;
    this.hosts = hosts;
    this.target = target;
    this.limit = limit;
  }

  /**
   * Clones those that a clone told of, and those that they tell of.
   *
   * @param stdout of the target's clone
   * @param url of the target; absent for a bundle
   * @throws ApplicationFailure when one of them is not to be had: half a tree is none
   */
  void fetch(String stdout, @Nullable String url) {
    held = CloneStep.held(stdout);
    owner = url == null ? null : owner(url);
    Deque<Told> waiting = new ArrayDeque<>(told(stdout, "", url));
    int seen = waiting.size();
    while (!waiting.isEmpty()) {
      if (seen > MOST) {
        throw FailureMapper.failure(
            Cause.REPOSITORY_TOO_LARGE,
            "%s has more than %d submodules: leave clone.submodules of the plan out"
                .formatted(target, MOST),
            null);
      }
      List<Told> more = fetch(waiting.remove());
      seen += more.size();
      waiting.addAll(more);
    }
  }

  /** Whether one of them was given a login. */
  boolean loginUsed() {
    return loginUsed;
  }

  private List<Told> fetch(Told submodule) {
    GitRemote remote = admitted(submodule);
    long left = limit - held;
    if (left <= 0) {
      throw runs.tooLarge(target + " with its submodules");
    }
    Map<String, String> what = new HashMap<>();
    what.put("RF_REPO", SandboxLayout.REPOSITORY + "/" + submodule.path());
    what.put("RF_WITHIN", SandboxLayout.REPOSITORY);
    what.put("RF_COMMIT", submodule.commit());
    what.put("RF_LIMIT", Long.toString(left));
    String stdout = runs.fromHost(remote, what);
    held += CloneStep.held(stdout);
    loginUsed |= CloneStep.loginUsed(stdout);
    return told(stdout, submodule.path() + "/", remote.url());
  }

  /** With a login only where the owner is the target's: a repository may name what others have. */
  private GitRemote admitted(Told submodule) {
    String name = name(submodule);
    String url = url(submodule);
    return owner(hosts.admitWithoutLogin(name, url).url()).equals(owner)
        ? hosts.admit(name, url)
        : hosts.admitWithoutLogin(name + " (another owner's, so asked for without a login)", url);
  }

  /** Host and first folder of a URL. */
  private static String owner(String url) {
    return Arrays.stream(url.split("/", 5))
        .limit(4)
        .collect(Collectors.joining("/"))
        .toLowerCase(Locale.ROOT);
  }

  private List<Told> told(String stdout, String above, @Nullable String parent) {
    return stdout
        .lines()
        .filter(line -> line.startsWith(TOLD))
        .map(line -> line.substring(TOLD.length()).split("\t", 3))
        .map(part -> submodule(part, above, parent))
        .toList();
  }

  private Told submodule(String[] part, String above, @Nullable String parent) {
    if (part.length < 3 || !COMMIT.matcher(part[0]).matches() || !isFolder(part[1])) {
      throw FailureMapper.failure(
          Cause.INTERNAL,
          target
              + ": one of its submodules has a name or commit that can't be one; leave"
              + " clone.submodules of the plan out",
          null);
    }
    return new Told(part[0], above + part[1], part[2], parent);
  }

  private static boolean isFolder(String path) {
    return path.chars().noneMatch(Character::isISOControl)
        && Arrays.stream(path.split("/", -1))
            .map(name -> name.toLowerCase(Locale.ROOT))
            .noneMatch(List.of("", ".", "..", ".git")::contains);
  }

  private String name(Told submodule) {
    return target + ", submodule " + submodule.path();
  }

  private String url(Told submodule) {
    String url = submodule.url();
    if (url.isEmpty()) {
      throw notFound(submodule, ".gitmodules has no URL for it");
    }
    if (!url.startsWith("./") && !url.startsWith("../")) {
      return url;
    }
    String parent = submodule.parent();
    if (parent == null) {
      throw notFound(
          submodule,
          "its URL "
              + url
              + " goes by the repository's, and one that was sent from a path has none; give the"
              + " repository's URL as the target");
    }
    return relative(parent, url, submodule);
  }

  /** As Git does: each {@code ../} takes the last part of the repository's own URL away. */
  private String relative(String parent, String url, Told submodule) {
    String base = parent.replaceFirst("/+$", "");
    String rest = url;
    while (true) {
      if (rest.startsWith("./")) {
        rest = rest.substring(2);
      } else if (rest.startsWith("../")) {
        int last = base.lastIndexOf('/');
        if (last <= base.indexOf("://") + 2) {
          throw notFound(submodule, "its URL " + url + " leads out of the host");
        }
        base = base.substring(0, last);
        rest = rest.substring(3);
      } else {
        return base + "/" + rest;
      }
    }
  }

  private ApplicationFailure notFound(Told submodule, String why) {
    return FailureMapper.failure(Cause.GIT_NOT_FOUND, name(submodule) + ": " + why, null);
  }
}
