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

  /** What no file's name needs, and what ends lines for some who read it and not for others. */
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

  /** What forges and their services run by themselves, by their documented places. */
  private static final Pattern RUN_BY_FORGES =
      Pattern.compile(
          "\\.(github|gitea|forgejo)(/(workflows|actions)(/.*)?)?|\\.gitlab(/ci(/.*)?)?"
              + "|\\.github/(dependabot|settings|mergify)\\.ya?ml|\\.mergify(/.*|\\.ya?ml)"
              + "|\\.gitlab-ci(/.*|\\.ya?ml)?|\\.circleci(/.*)?|\\.buildkite(/.*)?"
              + "|\\.woodpecker(/.*|\\.ya?ml)?|\\.drone\\.(ya?ml|star|jsonnet)"
              + "|\\.cirrus\\.(ya?ml|star)|\\.?(travis|appveyor)\\.ya?ml"
              + "|azure-pipelines.*\\.ya?ml|\\.azure-pipelines(/.*)?|bitbucket-pipelines\\.ya?ml"
              + "|(.*/)?(jenkinsfile.*|[^/]*\\.jenkinsfile)|\\.(semaphore|teamcity|tekton)(/.*)?"
              + "|\\.?(prow|zuul|build|readthedocs)\\.ya?ml|zuul\\.d(/.*)?|\\.builds(/.*)?"
              + "|(cloudbuild|buildspec|bitrise|codemagic)\\.ya?ml|(netlify\\.toml|vercel\\.json)"
              + "|(\\.(github|gitlab)/)?\\.?renovate(rc)?(\\.json5?)?",
          Pattern.DOTALL);

  /**
   * What programs run that somebody opens a checkout with, agents among them, and what hides
   * changes from those who look at them.
   */
  private static final Pattern RUN_BY_TOOLS =
      Pattern.compile(
          "(.*/)?(\\.gitattributes|\\.lfsconfig|\\.mcp\\.json|\\.(claude|vscode|devcontainer)(/.*)?"
              + "|\\.(cursor|gemini|codex|windsurf|kiro|idea|zed|continue|husky)(/.*)?"
              + "|\\.(cline|roo|junie|amazonq|opencode)(/.*)?|\\.aider\\.conf\\.yml|opencode\\.jsonc?"
              + "|(claude(\\.local)?|agents|gemini)\\.md|\\.(cursor|windsurf|cline|roo)rules(-[^/]*)?(/.*)?"
              + "|\\.github/(copilot-instructions\\.md|(instructions|prompts|agents|chatmodes)(/.*)?)|\\.envrc|\\.yarnrc\\.yml"
              + "|\\.devcontainer\\.json|\\.pre-commit-config\\.ya?ml)",
          Pattern.DOTALL);

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
    if (UNSEEN.matcher(path).find()) {
      return Optional.of("it has a file with a control character in its name (" + path + ")");
    }
    String lower = path.toLowerCase(Locale.ROOT);
    if (change.oldMode().equals(SUBMODULE)
        || change.newMode().equals(SUBMODULE)
        || plain(path).matches("\\.gitmodules|gitmod~[0-9]|gi7eba~[0-9]")) {
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
    if (!allowWorkflowChanges
        && (RUN_BY_FORGES.matcher(lower).matches() || RUN_BY_TOOLS.matcher(lower).matches())) {
      return Optional.of(
          "it changes "
              + path
              + ", which forges or tools go by without being asked; look at it, then publish with"
              + " --allow-workflow-changes");
    }
    return Optional.empty();
  }

  private static boolean hasGitFolder(String path) {
    return Arrays.stream(path.split("/", -1)).anyMatch(ChangeRules::isGitFolder);
  }

  private static boolean isGitFolder(String name) {
    return plain(name).matches("\\.git|git~[0-9]");
  }

  /** As Windows and macOS may read it too. */
  private static String plain(String name) {
    return name.replaceAll("\\p{Cf}", "")
        .replaceFirst(":.*$", "")
        .replaceFirst("[. ]+$", "")
        .toLowerCase(Locale.ROOT);
  }

  /**
   * A link to nothing, or through another link, is judged by its words alone: so those must not go
   * back from where a link may have led.
   */
  private static boolean leavesTree(String path, String target) {
    if (target.isEmpty() || target.startsWith("/") || target.contains("\\")) {
      return true;
    }
    Deque<String> place = new ArrayDeque<>(List.of(path.split("/", -1)));
    place.removeLast();
    boolean went = false;
    for (String step : target.split("/", -1)) {
      if (step.equals("..")) {
        if (place.isEmpty() || went) {
          return true;
        }
        place.removeLast();
      } else if (!step.isEmpty() && !step.equals(".")) {
        place.addLast(step);
        went = true;
      }
    }
    return place.stream().anyMatch(ChangeRules::isGitFolder);
  }
}
