package dev.repofleet.worker.review;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.ShippedScript;
import dev.repofleet.workflows.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Asks the sandbox's own copy of the commit, which the agent can't reach: the working tree and its
 * {@code .git} may say anything by now.
 */
final class SandboxCommitFiles implements CommitFiles {
  /** Of all paths of one command; the system takes 2 MiB, what lies between may take less. */
  private static final int MAX_ARGUMENTS = 96 << 10;

  /** Longer files are counted only: they are data, and their identity is not worth the memory. */
  private static final long MAX_FILE = 1 << 20;

  /** Of all files that are in memory at once. */
  private static final long MAX_READ = 4 << 20;

  /** For what Git tells of a file before its content. */
  private static final int MAX_HEAD = 100;

  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final Supplier<Sandbox> connection;
  private final String commit;
  private final Map<String, Long> sizes = new HashMap<>();

  /** The sandbox is asked for when it is needed: an answer without findings needs none. */
  SandboxCommitFiles(Supplier<Sandbox> connection, String commit) {
    this.connection = connection;
    this.commit = commit;
  }

  @Override
  public Map<String, Kind> kinds(Collection<String> paths) {
    Map<String, Kind> kinds = new HashMap<>();
    for (List<String> group : groups(paths, path -> 0L)) {
      List<String> told = lines("look", group);
      for (int i = 0; i < group.size(); i++) {
        kinds.put(group.get(i), kind(group.get(i), told.get(i)));
      }
    }
    return kinds;
  }

  private Kind kind(String path, String told) {
    if (told.startsWith("blob ")) {
      sizes.put(path, Long.parseLong(told.substring("blob ".length())));
      return Kind.FILE;
    }
    return switch (told) {
      case "tree" -> Kind.FOLDER;
      case "ignored" -> Kind.IGNORED;
      default -> Kind.MISSING;
    };
  }

  @Override
  public void read(Collection<String> paths, BiConsumer<String, Content> reader) {
    List<String> small = paths.stream().filter(path -> size(path) <= MAX_FILE).toList();
    List<String> large = paths.stream().filter(path -> size(path) > MAX_FILE).toList();
    for (List<String> group : groups(small, this::size)) {
      long bytes = group.stream().mapToLong(path -> size(path) + MAX_HEAD).sum();
      BatchedObjects objects = new BatchedObjects(run("read", group, (int) bytes).stdoutBytes());
      for (String path : group) {
        SourceText text = SourceText.of(objects.next());
        reader.accept(path, new Content(text.lines().size(), text));
      }
    }
    for (List<String> group : groups(large, path -> 0L)) {
      List<String> counts = lines("count", group);
      for (int i = 0; i < group.size(); i++) {
        reader.accept(group.get(i), new Content(Integer.parseInt(counts.get(i)), null));
      }
    }
  }

  private long size(String path) {
    return sizes.getOrDefault(path, 0L);
  }

  /** As many at once as fit into one command, and into memory. */
  private static List<List<String>> groups(Collection<String> paths, ToLongFunction<String> size) {
    List<List<String>> groups = new ArrayList<>();
    List<String> group = new ArrayList<>();
    long arguments = 0;
    long bytes = 0;
    for (String path : paths) {
      arguments += 1L + path.getBytes(UTF_8).length;
      bytes += size.applyAsLong(path);
      if (!group.isEmpty() && (arguments > MAX_ARGUMENTS || bytes > MAX_READ)) {
        groups.add(group);
        group = new ArrayList<>();
        arguments = 1L + path.getBytes(UTF_8).length;
        bytes = size.applyAsLong(path);
      }
      group.add(path);
    }
    if (!group.isEmpty()) {
      groups.add(group);
    }
    return groups;
  }

  private List<String> lines(String verb, List<String> paths) {
    List<String> lines = run(verb, paths, paths.size() * MAX_HEAD).stdout().lines().toList();
    if (lines.size() != paths.size()) {
      throw unreadable("it answered %d of %d paths".formatted(lines.size(), paths.size()));
    }
    return lines;
  }

  private CommandResult run(String verb, List<String> paths, int maxOutput) {
    Sandbox root = connection.get().withUser(SandboxLayout.ROOT);
    List<String> arguments = new ArrayList<>(List.of(verb));
    arguments.addAll(paths);
    try {
      CommandResult result =
          root.commands()
              .run(
                  ShippedScript.COMMIT_FILES
                      .command(LIMIT, arguments)
                      .env("RF_STATE", SandboxLayout.STATE)
                      .env("RF_COMMIT", commit)
                      .maxOutput(maxOutput)
                      .timeout(LIMIT.plusSeconds(10))
                      .build());
      if (!result.succeeded()) {
        throw unreadable("exit %d: %s".formatted(result.exitCode(), result.stderr().strip()));
      }
      return result;
    } catch (E2bException e) {
      throw FailureMapper.map(e, "the findings can't be checked in sandbox " + root.sandboxId());
    }
  }

  private RuntimeException unreadable(String why) {
    return FailureMapper.passing(
        Cause.INTERNAL,
        "commit %s can't be read in sandbox %s: %s"
            .formatted(commit, connection.get().sandboxId(), why),
        null);
  }

  /** The output of {@code git cat-file --batch}, object after object. */
  private final class BatchedObjects {
    private final byte[] output;
    private int at;

    BatchedObjects(byte[] output) {
      this.output = output;
    }

    byte[] next() {
      int end = at;
      while (end < output.length && output[end] != '\n') {
        end++;
      }
      String head = new String(output, at, end - at, UTF_8);
      int size = size(head);
      if (size < 0 || end + 1 + size > output.length) {
        throw unreadable("its objects end at '" + head + "'");
      }
      at = end + 1 + size + 1;
      return Arrays.copyOfRange(output, end + 1, end + 1 + size);
    }

    private static int size(String head) {
      String[] words = head.split(" ", -1);
      return words.length == 3 && words[1].equals("blob") ? Integer.parseInt(words[2]) : -1;
    }
  }
}
