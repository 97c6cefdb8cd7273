package dev.repofleet.worker.review;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.repofleet.artifacts.CodeExcerpt;
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
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the sandbox's own copy of the commit, which the agent can't reach: the working tree and its
 * {@code .git} may say anything by now.
 */
final class SandboxCommitFiles implements CommitFiles {
  private static final Logger LOG = LoggerFactory.getLogger(SandboxCommitFiles.class);

  /** Far below the system's limit for arguments, even with the longest paths. */
  private static final int AT_ONCE = 100;

  private static final Duration LIMIT = Duration.ofSeconds(40);

  /** Code is an extra: it must not keep a review waiting. */
  private static final Duration EXCERPT_LIMIT = Duration.ofSeconds(15);

  /** Of all arguments of one command; the system takes 2 MiB, what lies between may take less. */
  private static final int MAX_ARGUMENTS = 96 << 10;

  /** Nobody reads more code in a report. */
  private static final int MAX_CODE = 512 << 10;

  private final Supplier<Sandbox> connection;
  private final String commit;

  /** The sandbox is asked for when it is needed: an answer without findings needs none. */
  SandboxCommitFiles(Supplier<Sandbox> connection, String commit) {
    this.connection = connection;
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
      case "ignored" -> IGNORED;
      default -> Integer.parseInt(answer.substring("file ".length()));
    };
  }

  @Override
  public Map<Range, CodeExcerpt> excerpts(List<Range> ranges) {
    List<Range> asked = new ArrayList<>();
    List<String> arguments = new ArrayList<>();
    int size = 0;
    for (Range range : ranges) {
      List<String> three =
          List.of(Integer.toString(range.first()), Integer.toString(range.last()), range.path());
      size += three.stream().mapToInt(argument -> 1 + argument.getBytes(UTF_8).length).sum();
      if (size > MAX_ARGUMENTS) {
        break;
      }
      asked.add(range);
      arguments.addAll(three);
    }
    return asked.isEmpty() ? Map.of() : excerpts(asked, arguments);
  }

  /** Whatever came is used, however the command ended. */
  private Map<Range, CodeExcerpt> excerpts(List<Range> asked, List<String> arguments) {
    try {
      Sandbox root = root();
      CommandResult result =
          root.commands()
              .run(
                  GitScript.EXCERPTS
                      .command(EXCERPT_LIMIT, arguments)
                      .env("RF_STATE", SandboxLayout.STATE)
                      .env("RF_COMMIT", commit)
                      .env("RF_MAX", Integer.toString(MAX_CODE))
                      .maxOutput(2 * MAX_CODE)
                      .timeout(EXCERPT_LIMIT.plusSeconds(10))
                      .build());
      if (!result.succeeded()) {
        LOG.warn(
            "some findings go without their code: sandbox {}, exit {}: {}",
            root.sandboxId(),
            result.exitCode(),
            result.stderr().strip());
      }
      return ExcerptLines.parse(result.stdout(), asked);
    } catch (E2bException e) {
      LOG.warn("findings at commit {} go without their code", commit, e);
      return Map.of();
    }
  }

  private Sandbox root() {
    return connection.get().withUser(SandboxLayout.ROOT);
  }

  private CommandResult run(List<String> paths) {
    Sandbox root = root();
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
