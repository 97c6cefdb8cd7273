package dev.repofleet.worker.publish;

import dev.repofleet.worker.git.PatchClone.Change;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What an agent's changes must not be to become a branch: an agent reads what strangers wrote, and
 * a branch is read by machines. Immutable, thread-safe.
 */
final class ChangeRules {
  private static final String SUBMODULE = "160000";
  private static final String LINK = "120000";

  /** What forges and their services run by themselves, by their documented places. */
  private static final Pattern RUN_BY_FORGES =
      Pattern.compile(
          "\\.(github|gitea|forgejo)/(workflows|actions)/.*|\\.github/dependabot\\.ya?ml"
              + "|\\.gitlab-ci\\.ya?ml|\\.gitlab/ci/.*|\\.circleci/.*|\\.buildkite/.*"
              + "|\\.woodpecker(/.*|\\.ya?ml)|\\.drone\\.ya?ml|\\.travis\\.ya?ml|\\.cirrus\\.ya?ml"
              + "|\\.?appveyor\\.ya?ml|azure-pipelines.*\\.ya?ml|\\.azure-pipelines/.*"
              + "|bitbucket-pipelines\\.ya?ml|(.*/)?jenkinsfile|\\.semaphore/.*|\\.teamcity/.*");

  private final boolean allowWorkflowChanges;

  ChangeRules(boolean allowWorkflowChanges) {
    this.allowWorkflowChanges = allowWorkflowChanges;
  }

  /**
   * Why the changes must not be published; nothing when they may.
   *
   * @param target says where a symbolic link leads
   */
  Optional<String> refusal(List<Change> changes, Function<Change, String> target) {
    return changes.stream().flatMap(change -> refusal(change, target).stream()).findFirst();
  }

  private Optional<String> refusal(Change change, Function<Change, String> target) {
    String path = change.path();
    String lower = path.toLowerCase(Locale.ROOT);
    if (change.oldMode().equals(SUBMODULE)
        || change.newMode().equals(SUBMODULE)
        || lower.equals(".gitmodules")) {
      return Optional.of("it changes submodules (" + path + ")");
    }
    if (hasGitFolder(path)) {
      return Optional.of("it writes into a .git folder (" + path + ")");
    }
    if (change.newMode().equals(LINK)) {
      String leads = target.apply(change);
      if (leavesTree(path, leads)) {
        return Optional.of(
            "its symbolic link %s leads out of the repository (%s)".formatted(path, leads));
      }
    }
    if (!allowWorkflowChanges && RUN_BY_FORGES.matcher(lower).matches()) {
      return Optional.of(
          "it changes "
              + path
              + ", which forges run by themselves; look at it, then publish with"
              + " --allow-workflow-changes");
    }
    return Optional.empty();
  }

  private static boolean hasGitFolder(String path) {
    return Arrays.stream(path.split("/", -1)).anyMatch(ChangeRules::isGitFolder);
  }

  /** As Windows and macOS may read it too. */
  private static boolean isGitFolder(String name) {
    String plain =
        name.replaceAll("\\p{Cf}", "").replaceFirst("[. ]+$", "").toLowerCase(Locale.ROOT);
    return plain.equals(".git") || plain.equals("git~1");
  }

  /** A link to nothing, or through another link, is judged by its words alone. */
  private static boolean leavesTree(String path, String target) {
    if (target.isEmpty() || target.startsWith("/") || target.contains("\\")) {
      return true;
    }
    Deque<String> place = new ArrayDeque<>(List.of(path.split("/", -1)));
    place.removeLast();
    for (String step : target.split("/", -1)) {
      if (step.equals("..")) {
        if (place.isEmpty()) {
          return true;
        }
        place.removeLast();
      } else if (!step.isEmpty() && !step.equals(".")) {
        place.addLast(step);
      }
    }
    return place.stream().anyMatch(ChangeRules::isGitFolder);
  }
}
