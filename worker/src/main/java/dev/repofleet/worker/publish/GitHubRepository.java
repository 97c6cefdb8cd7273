package dev.repofleet.worker.publish;

import dev.repofleet.artifacts.result.Published.PullRequest;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.worker.forge.GitHubCalls;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHCheckRun;
import org.kohsuke.github.GHDirection;
import org.kohsuke.github.GHIssueState;
import org.kohsuke.github.GHPullRequest;
import org.kohsuke.github.GHPullRequestQueryBuilder;
import org.kohsuke.github.GHRepository;
import org.kohsuke.github.GitHub;

/**
 * One repository on GitHub, with a login for it. Every method blocks and throws {@link
 * ForgeException}. For one thread.
 */
final class GitHubRepository {
  private static final String REFS = "refs/heads/";

  private final GitHubCalls calls;
  private final String asked;
  private final GHRepository repository;

  /** Asks for the repository, under the name it has now. */
  GitHubRepository(GitHubCalls calls, GitHub as, String owner, String name) {
    this.calls = calls;
    this.asked = owner + "/" + name;
    this.repository = calls.ask(asked, () -> as.getRepository(asked));
  }

  /** As {@code owner/name}; another one than was asked for when it was renamed. */
  String fullName() {
    return repository.getFullName();
  }

  boolean isArchived() {
    return repository.isArchived();
  }

  /**
   * The branch that a ref of a review stands for.
   *
   * @param ref that was asked for; absent: the default branch
   * @return nothing when it is no branch
   */
  Optional<String> branchOf(@Nullable String ref) {
    if (ref == null) {
      return Optional.of(repository.getDefaultBranch());
    }
    String name = ref.startsWith(REFS) ? ref.substring(REFS.length()) : ref;
    try {
      return Optional.of(calls.ask(asked, () -> repository.getBranch(name)).getName());
    } catch (ForgeException e) {
      if (e.kind() == ForgeException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The latest pull request that there ever was from a branch of this repository. */
  Optional<PullRequest> find(String branch) {
    return calls.ask(
        asked,
        () -> {
          GHPullRequestQueryBuilder query =
              repository
                  .queryPullRequests()
                  .state(GHIssueState.ALL)
                  .head(repository.getOwnerName() + ":" + branch)
                  .sort(GHPullRequestQueryBuilder.Sort.CREATED)
                  .direction(GHDirection.DESC);
          for (GHPullRequest found : query.list().withPageSize(5)) {
            return Optional.of(state(found));
          }
          return Optional.empty();
        });
  }

  /** A pull request that is known, as it is now. */
  PullRequest get(int number) {
    return calls.ask(asked + "#" + number, () -> state(repository.getPullRequest(number)));
  }

  /** Opens one from a branch into another. */
  PullRequest open(String branch, String base, String title, String body, boolean draft) {
    return calls.ask(
        asked, () -> state(repository.createPullRequest(title, branch, base, body, true, draft)));
  }

  /** Gives it the labels it lacks; those that the repository does not have are made by GitHub. */
  void label(PullRequest known, List<String> labels) {
    if (labels.isEmpty()) {
      return;
    }
    calls.ask(
        asked + "#" + known.number(),
        () -> {
          GHPullRequest pull = repository.getPullRequest(known.number());
          Set<String> there = new HashSet<>();
          pull.getLabels().forEach(label -> there.add(label.getName()));
          List<String> missing = labels.stream().filter(label -> !there.contains(label)).toList();
          return missing.isEmpty() ? List.of() : pull.addLabels(missing.toArray(String[]::new));
        });
  }

  /** What a pull request would bring in. */
  record Head(String commit, String tree) {}

  /** The commit that a pull request has now, and its tree. */
  Head head(int number) {
    return calls.ask(
        asked + "#" + number,
        () -> {
          String commit = repository.getPullRequest(number).getHead().getSha();
          return new Head(commit, repository.getCommit(commit).getCommitShortInfo().getTreeSHA1());
        });
  }

  private PullRequest state(GHPullRequest found) {
    String state =
        found.getMergedAt() != null ? "merged" : found.getState().name().toLowerCase(Locale.ROOT);
    return new PullRequest(found.getNumber(), found.getHtmlUrl().toString(), state, null);
  }

  /** The same with what its checks say. */
  PullRequest withChecks(PullRequest known) {
    return calls.ask(
        asked + "#" + known.number(),
        () -> {
          GHPullRequest found = repository.getPullRequest(known.number());
          PullRequest now = state(found);
          return new PullRequest(
              now.number(), now.url(), now.state(), checks(found.getHead().getSha()));
        });
  }

  /** The worst that a check says, by check runs alone: those of Actions and of Apps. */
  private @Nullable String checks(String commit) throws IOException {
    boolean any = false;
    boolean pending = false;
    for (GHCheckRun run : repository.getCheckRuns(commit)) {
      any = true;
      GHCheckRun.Conclusion conclusion = run.getConclusion();
      if (run.getStatus() != GHCheckRun.Status.COMPLETED || conclusion == null) {
        pending = true;
      } else if (!isGood(conclusion)) {
        return "failure";
      }
    }
    return !any ? null : pending ? "pending" : "success";
  }

  private static boolean isGood(GHCheckRun.Conclusion conclusion) {
    return switch (conclusion) {
      case SUCCESS, NEUTRAL, SKIPPED -> true;
      default -> false;
    };
  }
}
