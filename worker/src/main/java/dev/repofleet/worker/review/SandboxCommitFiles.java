package dev.repofleet.worker.review;

import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.FailureMapper;
import dev.repofleet.worker.git.GitScript;
import dev.repofleet.worker.sandbox.SandboxLayout;
import dev.repofleet.workflows.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks the sandbox's own copy of the commit, which the agent can't reach: the working tree and its
 * {@code .git} may say anything by now.
 */
final class SandboxCommitFiles implements CommitFiles {
  /** Far below the system's limit for arguments, even with the longest paths. */
  private static final int AT_ONCE = 100;

  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final Sandbox root;
  private final String commit;

  SandboxCommitFiles(Sandbox sandbox, String commit) {
    this.root = sandbox.withUser(SandboxLayout.ROOT);
    this.commit = commit;
  }

  @Override
  public Map<String, Integer> lines(Collection<String> paths) {
    List<String> all = new ArrayList<>(paths);
    Map<String, Integer> lines = new HashMap<>();
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      ask(all.subList(from, Math.min(all.size(), from + AT_ONCE)), lines);
    }
    return lines;
  }

  private void ask(List<String> paths, Map<String, Integer> lines) {
    List<String> answers = run(paths).stdout().lines().toList();
    for (int i = 0; i < paths.size(); i++) {
      lines.put(paths.get(i), count(answers.get(i)));
    }
  }

  private static int count(String answer) {
    return switch (answer) {
      case "folder" -> FOLDER;
      case "missing" -> MISSING;
      default -> Integer.parseInt(answer.substring("file ".length()));
    };
  }

  private CommandResult run(List<String> paths) {
    try {
      CommandResult result =
          root.commands()
              .run(
                  GitScript.LINES
                      .command(LIMIT, paths)
                      .env("RF_STATE", SandboxLayout.STATE)
                      .env("RF_COMMIT", commit)
                      .timeout(LIMIT.plusSeconds(10))
                      .build());
      if (!result.succeeded() || result.stdout().lines().count() != paths.size()) {
        throw FailureMapper.passing(
            Cause.INTERNAL,
            "the commit can't be read in sandbox %s (exit %d): %s"
                .formatted(root.sandboxId(), result.exitCode(), result.stderr().strip()),
            null);
      }
      return result;
    } catch (E2bException e) {
      throw FailureMapper.map(e, "the findings can't be checked in sandbox " + root.sandboxId());
    }
  }
}
